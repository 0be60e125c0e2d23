// Reads counter records from SQLite.

import type { Bucket, CounterRecord } from '../store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

export type ReadCounters = (keys: readonly string[]) => Promise<CounterRecord[]>;

interface CounterRow {
  readonly key: string;
  readonly version: number;
  readonly windowStartMs: number;
  readonly value: number;
  /** JSON text. */
  readonly buckets: string;
}

export async function prepareReadCounters(connection: SqliteConnection): Promise<ReadCounters> {
  const select = await connection.prepare(
    `SELECT key, version, window_start_ms AS windowStartMs, value, buckets FROM counters
     WHERE key IN (SELECT value FROM json_each(?))`,
  );
  return async (keys) => {
    const rows = await select.all<CounterRow>([JSON.stringify(keys)]);
    const records = new Map(rows.map((row) => [row.key, { ...row, buckets: parseBuckets(row.buckets) }]));
    return keys.map(
      (key) => records.get(key) ?? { key, version: 0, windowStartMs: 0, value: 0, buckets: [] },
    );
  };
}

function parseBuckets(text: string): Bucket[] {
  return text === '[]' ? [] : (JSON.parse(text) as Bucket[]);
}
