// Remembers counters between decisions, so that a decision costs one statement. Never trusted: every commit names the
// versions it rests on, and the store refuses it when another sidecar has moved one.
import type { CounterRecord, CounterStore } from '../../state/store.ts';

/** Counters kept per argument value could fill the memory; the oldest go first. */
const RECORDS_MAX = 10_000;

export interface CounterCache {
  /** What is remembered of all these keys, in their order; null where one is missing. */
  known(keys: readonly string[]): CounterRecord[] | null;
  /** Asks the store only for keys that are not remembered. In the order asked. */
  read(keys: readonly string[]): Promise<CounterRecord[]>;
  /** Records as just read. */
  replace(records: readonly CounterRecord[]): void;
  /** Records as just written: their version is one higher now. */
  keep(writes: readonly CounterRecord[]): void;
  forget(keys: readonly string[]): void;
}

export function createCounterCache(store: CounterStore): CounterCache {
  const records = new Map<string, CounterRecord>();
  const remember = (record: CounterRecord): void => {
    records.delete(record.key);
    records.set(record.key, record);
  };
  const find = (keys: readonly string[]): CounterRecord[] => {
    const found: CounterRecord[] = [];
    for (const key of keys) {
      const record = records.get(key);
      if (record !== undefined) found.push(record);
    }
    return found;
  };
  return {
    known: (keys) => {
      const found = find(keys);
      return found.length === keys.length ? found : null;
    },
    read: async (keys) => {
      const missing = keys.filter((key) => !records.has(key));
      for (const record of await store.read(missing)) remember(record);
      const found = find(keys);
      for (const key of records.keys()) {
        if (records.size <= RECORDS_MAX) break;
        records.delete(key);
      }
      return found;
    },
    replace: (read) => read.forEach(remember),
    keep: (writes) => {
      for (const { key, version, windowStartMs, value, buckets } of writes)
        remember({ key, version: version + 1, windowStartMs, value, buckets });
    },
    forget: (keys) => {
      for (const key of keys) records.delete(key);
    },
  };
}
