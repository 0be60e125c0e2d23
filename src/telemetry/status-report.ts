// Reports to a status service, in OPA's shape: what bundle is in force, and what came of decision logs.
import { type OpaService, ServiceError } from '../transport/opa-service.ts';
import type { Logger } from './logger.ts';

export interface StatusReporter {
  /** The state has changed: it is reported soon. */
  changed(): void;
  close(): void;
}

export interface StatusReporterOptions {
  /** Null: only this process's stderr. */
  readonly service: OpaService | null;
  readonly resource: string;
  readonly isConsole: boolean;
  /** What is reported. */
  readonly report: () => object;
  readonly log: Logger;
}

/** Several changes that come together are one report. */
const SETTLE_MS = 50;
const REGULAR_MS = 60_000;

export function startStatusReporter(options: StatusReporterOptions): StatusReporter {
  const { log } = options;
  let timer: NodeJS.Timeout | null = null;
  let isSending = false;
  let isDue = false;

  const send = async (): Promise<void> => {
    isSending = true;
    while (isDue) {
      isDue = false;
      await sendReport(options).catch((error: unknown) => {
        log.warn({ err: error }, 'the status could not be reported');
      });
    }
    isSending = false;
  };
  const schedule = (): void => {
    isDue = true;
    if (isSending || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void send();
    }, SETTLE_MS);
  };
  const regular = setInterval(schedule, REGULAR_MS);
  return {
    changed: schedule,
    close: () => {
      clearInterval(regular);
      if (timer !== null) clearTimeout(timer);
    },
  };
}

async function sendReport({ service, resource, isConsole, report }: StatusReporterOptions): Promise<void> {
  const text = JSON.stringify(report());
  if (isConsole)
    process.stderr.write(`{"type":"openpolicyagent.org/status","msg":"Status Log",${text.slice(1)}\n`);
  if (service === null) return;
  const { status } = await service.request({
    method: 'POST',
    path: resource,
    headers: [['Content-Type', 'application/json']],
    body: Buffer.from(text),
    maxBytes: 0,
  });
  if (status >= 200 && status < 300) return;
  throw new ServiceError('status', `the status service answers with status ${status}`, { status });
}
