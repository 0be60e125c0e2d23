// Adds what came of each call to its journal row: gathered, and written off the call's path.
import type { CallResult, JournalResult } from '../journal/journal-row.ts';
import type { JournalStore } from '../state/store.ts';
import { createFailureLog } from '../telemetry/failure-log.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface ResultRecorder {
  record(decisionId: string, result: CallResult): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface ResultRecorderParts {
  readonly store: JournalStore;
  readonly now: () => number;
  readonly log: Logger;
}

const FLUSH_MS = 100;
/** A store that fails may be locked, and each try would keep the calls waiting. */
const RETRY_MS = 1000;
/** While the store fails results are kept for the next try, but not without end. */
const KEPT_MAX = 10_000;

export function createResultRecorder({ store, now, log }: ResultRecorderParts): ResultRecorder {
  let results: JournalResult[] = [];
  let timer: NodeJS.Timeout | null = null;
  let isFlushing = false;
  const noteFailure = createFailureLog((facts) =>
    log.warn(facts, 'results of calls could not be added to the journal yet'),
  );

  const flush = async (): Promise<void> => {
    timer = null;
    if (isFlushing || results.length === 0) return;
    isFlushing = true;
    const written = results;
    results = [];
    let againMs = FLUSH_MS;
    try {
      await store.settle(written);
    } catch (error) {
      noteFailure(error);
      results = [...written, ...results].slice(-KEPT_MAX);
      againMs = RETRY_MS;
    }
    isFlushing = false;
    if (results.length > 0) schedule(againMs);
  };
  const schedule = (afterMs: number): void => {
    timer ??= setTimeout(() => void flush(), afterMs);
  };
  return {
    record: (id, result) => {
      results.push({ id, result, atMs: now() });
      schedule(FLUSH_MS);
    },
    close: async () => {
      if (timer !== null) clearTimeout(timer);
      while (isFlushing) await new Promise((resolve) => setTimeout(resolve, FLUSH_MS / 10));
      await flush();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
