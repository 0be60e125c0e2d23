// Rows and counters for tests of state and journal: valid ones, changed where a test cares.
import { randomUUID } from 'node:crypto';
import type { JournalRow } from '../../src/journal/journal-row.ts';
import type { CommitBatch, CounterRecord } from '../../src/state/store.ts';

/** 2026-11-22T15:04:00Z */
export const SAMPLE_TIME_MS = 1_795_359_840_000;

export function sampleRow(changes: Partial<JournalRow> = {}): JournalRow {
  return {
    id: `dec_${randomUUID()}`,
    atMs: SAMPLE_TIME_MS,
    server: 'finance',
    agent: 'payments-bot',
    session: 'session-1',
    tool: 'create_payment',
    outcome: 'allow',
    rule: null,
    reason: null,
    revision: 'a'.repeat(64),
    argumentsDigest: 'b'.repeat(64),
    input: '{"version":1}',
    output: '{"outcome":"allow"}',
    ...changes,
  };
}

export function sampleCounter(key: string, changes: Partial<CounterRecord> = {}): CounterRecord {
  return { key, version: 0, windowStartMs: SAMPLE_TIME_MS, value: 1, buckets: [], ...changes };
}

/** One allowed call that rests on `records` and adds `amount` to each. */
export function chargeAll(records: readonly CounterRecord[], amount: number): CommitBatch {
  return {
    rows: [sampleRow()],
    reads: records.map(({ key, version }) => ({ key, version })),
    writes: records.map((record) => ({ ...record, value: record.value + amount })),
  };
}
