// Reads counter records from SQLite.

import type { Bucket, CounterRecord } from '../store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

export type ReadCounters = (keys: readonly string[]) => Promise<CounterRecord[]>;

const COLUMNS = 'key, version, window_start_ms AS windowStartMs, value, buckets';

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
    `SELECT ${COLUMNS} FROM counters
     WHERE key IN (SELECT value FROM json_each(?))`,
  );
  return async (keys) => {
    const rows = await select.all<CounterRow>([JSON.stringify(keys)]);
    const records = new Map(rows.map((row) => [row.key, readRecord(row)]));
    return keys.map(
      (key) => records.get(key) ?? { key, version: 0, windowStartMs: 0, value: 0, buckets: [] },
    );
  };
}

export async function listCounters(
  connection: SqliteConnection,
  prefix: string,
  limit: number,
): Promise<CounterRecord[]> {
  const rows = await connection.all<CounterRow>(
    `SELECT ${COLUMNS} FROM counters WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key LIMIT ?2`,
    [prefix, limit],
  );
  return rows.map(readRecord);
}

function readRecord(row: CounterRow): CounterRecord {
  return { ...row, buckets: parseBuckets(row.buckets) };
}

function parseBuckets(text: string): Bucket[] {
  return text === '[]' ? [] : (JSON.parse(text) as Bucket[]);
}
