// The state that cases are judged on: the sidecar's own store in a folder that goes away, emptied after each case.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expireOverdue } from '../../../approvals/answer-approval.ts';
import { addCharge } from '../../../state/counter-window.ts';
import { openSqliteStore } from '../../../state/sqlite-store.ts';
import type { CounterRecord, StateStore } from '../../../state/store.ts';
import type { FittedCase } from './check-case.ts';

export interface TestState {
  readonly store: StateStore;
  close(): Promise<void>;
}

export async function openTestState(): Promise<TestState> {
  const folder = await mkdtemp(path.join(tmpdir(), 'regent-test-'));
  const store = await openSqliteStore({ file: path.join(folder, 'state.db'), durability: 'normal' });
  return {
    store,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As if earlier calls had charged so much when the case begins. */
export async function seedCounters(store: StateStore, { testCase, counters }: FittedCase): Promise<void> {
  if (counters.length === 0) return;
  await changeCounters(
    store,
    counters.map(({ key }) => key),
    (record) => {
      const seed = counters.find(({ key }) => key === record.key);
      return seed === undefined ? record : addCharge(record, seed.plan, testCase.atMs, seed.value);
    },
  );
}

/** Nothing that a case has charged may reach the next, */
export async function resetCounters(store: StateStore, keys: readonly string[]): Promise<void> {
  if (keys.length > 0)
    await changeCounters(store, keys, (record) => ({ ...record, windowStartMs: 0, value: 0, buckets: [] }));
}

/** nor what waits for people. It is not cancelled: an agent that cancels much may ask no more. */
export async function expireApprovals(store: StateStore): Promise<void> {
  await expireOverdue(store, Number.MAX_SAFE_INTEGER);
}

async function changeCounters(
  store: StateStore,
  keys: readonly string[],
  change: (record: CounterRecord) => CounterRecord,
): Promise<void> {
  await store.commitLocked(keys, (records) => ({
    rows: [],
    reads: records.map(({ key, version }) => ({ key, version })),
    writes: records.map(change),
  }));
}
