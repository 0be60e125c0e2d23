// Where decisions are logged: a service of OPA's kind, or this process's stderr.
import { type DelayRange, type OpaService, ServiceError } from '../../transport/opa-service.ts';
import { type EventText, packEvents } from './pack-events.ts';

export interface EventSink {
  /** Names the place in the state file: how far it has got is kept there. */
  readonly target: string;
  readonly delay: DelayRange;
  /** Longer than any one part takes: for so long nobody else uploads to it. */
  readonly leaseMs: number;
  /** The events in order, in parts that are taken whole or not at all. `onOversized` is told of those that are left out. */
  parts(
    events: readonly EventText[],
    onOversized: (event: EventText) => void,
  ): AsyncIterable<SinkPart> | Iterable<SinkPart>;
}

export interface SinkPart {
  readonly count: number;
  readonly lastSequence: number;
  /** Rejects where it was not taken. */
  send(): Promise<void>;
}

export interface ServiceSink {
  readonly service: OpaService;
  readonly serviceUrl: string;
  readonly resource: string;
  /** Events of other servers in the same state file go their own way. */
  readonly server: string;
  /** Of one upload, compressed. */
  readonly maxBytes: number;
  readonly delay: DelayRange;
  /** For one request. */
  readonly timeoutMs: number;
}

/** For the state file's own writes, and clocks that step. */
const LEASE_MARGIN_MS = 5000;

export function serviceSink({
  service,
  serviceUrl,
  resource,
  server,
  maxBytes,
  delay,
  timeoutMs,
}: ServiceSink): EventSink {
  const post = async (body: Buffer): Promise<void> => {
    const { status } = await service.request({
      method: 'POST',
      path: resource,
      headers: [
        ['Content-Type', 'application/json'],
        ['Content-Encoding', 'gzip'],
      ],
      body,
      maxBytes: 0,
    });
    if (status >= 200 && status < 300) return;
    const message = `the decision log answers with status ${status} at ${resource}`;
    throw new ServiceError('status', message, { status });
  };
  return {
    target: JSON.stringify([serviceUrl, resource, server]),
    delay,
    leaseMs: timeoutMs + LEASE_MARGIN_MS,
    async *parts(events, onOversized) {
      for await (const { body, ...part } of packEvents(events, maxBytes, onOversized))
        yield { ...part, send: () => post(body) };
    },
  };
}

/** So often is looked for new ones. */
const CONSOLE_MS = 1000;

/** One JSON line for each event, as on OPA's console, whatever the log level. */
export function consoleSink(server: string): EventSink {
  return {
    target: JSON.stringify(['console', server]),
    delay: { minDelayMs: CONSOLE_MS, maxDelayMs: CONSOLE_MS },
    leaseMs: LEASE_MARGIN_MS,
    *parts(events) {
      for (const { sequence, text } of events)
        yield { count: 1, lastSequence: sequence, send: async () => printLine(text) };
    },
  };
}

function printLine(event: string): void {
  process.stderr.write(
    `{"type":"openpolicyagent.org/decision_logs","msg":"Decision Log",${event.slice(1)}\n`,
  );
}
