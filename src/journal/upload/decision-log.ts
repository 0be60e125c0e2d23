// Uploads decisions for as long as the sidecar runs, and what is left at its end as far as time allows.
import { setTimeout as sleep } from 'node:timers/promises';
import { retryDelayMs, roundDelayMs } from '../../transport/opa-service.ts';
import { claimCursor, type UploadParts, uploadRound } from './upload-round.ts';

export interface DecisionLogOptions extends UploadParts {
  /** After each round: null, or why it failed. */
  readonly onRound: (error: unknown) => void;
}

export interface DecisionLog {
  /**
   * The cursor stands, or the state cannot be used. No call is judged before: another sidecar that is started later would
   * make the cursor behind it.
   */
  readonly begun: Promise<void>;
  /** The next round is at once. */
  wake(): void;
  close(): Promise<void>;
}

/** At the end: who ended the sidecar does not wait longer for it. The journal has what is left. */
const LAST_ROUND_MS = 700;

/** The first round is at once: a sidecar before may have left something. */
export function startDecisionLog(options: DecisionLogOptions): DecisionLog {
  const { sink, log } = options;
  const ending = new AbortController();
  const { signal } = ending;
  let pause = new AbortController();
  let failures = 0;
  const round = async (): Promise<void> => {
    try {
      await uploadRound(options);
      failures = 0;
      options.onRound(null);
    } catch (error) {
      failures += 1;
      log.warn(
        { err: error, failures },
        'decisions could not be uploaded: they stay in the journal till they can',
      );
      options.onRound(error);
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await round();
      const delayMs =
        failures === 0 ? roundDelayMs(sink.delay) : retryDelayMs(failures, sink.delay.maxDelayMs);
      pause = new AbortController();
      const either = AbortSignal.any([signal, pause.signal]);
      await sleep(delayMs, undefined, { signal: either }).catch(() => undefined);
    }
  };
  const begun = claimCursor(options).then(
    () => undefined,
    () => undefined,
  );
  const running = begun.then(run);
  return {
    begun,
    wake: () => pause.abort(),
    close: async () => {
      ending.abort();
      await Promise.race([running.then(round), sleep(LAST_ROUND_MS)]);
    },
  };
}
