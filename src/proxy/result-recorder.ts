// Adds what came of each call to its journal row: gathered, and written off the call's path.
import type { CallResult, JournalResult } from '../journal/journal-row.ts';
import type { JournalStore } from '../state/store.ts';
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
/** While the store fails results are kept for the next try, but not without end. */
const KEPT_MAX = 10_000;

export function createResultRecorder({ store, now, log }: ResultRecorderParts): ResultRecorder {
  let results: JournalResult[] = [];
  let timer: NodeJS.Timeout | null = null;
  let isFlushing = false;

  const flush = async (): Promise<void> => {
    timer = null;
    if (isFlushing || results.length === 0) return;
    isFlushing = true;
    const written = results;
    results = [];
    try {
      await store.settle(written);
    } catch (error) {
      log.warn({ err: error }, 'results of calls could not be added to the journal yet');
      results = [...written, ...results].slice(-KEPT_MAX);
    }
    isFlushing = false;
    if (results.length > 0) schedule();
  };
  const schedule = (): void => {
    timer ??= setTimeout(() => void flush(), FLUSH_MS);
  };
  return {
    record: (id, result) => {
      results.push({ id, result, atMs: now() });
      schedule();
    },
    close: async () => {
      if (timer !== null) clearTimeout(timer);
      while (isFlushing) await new Promise((resolve) => setTimeout(resolve, FLUSH_MS / 10));
      await flush();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
