// A sidecar reduced to its accounting: pays from one budget in a shared state file until it has made its payments, or is
// killed. Prints how many were allowed.
//
//   payer.js FILE CAP AMOUNT PAYMENTS
import { randomUUID } from 'node:crypto';
import { addCharge, valueAt, type WindowSpec } from '../../src/state/counter-window.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { CommitBatch, CounterRecord } from '../../src/state/store.ts';
import { SAMPLE_TIME_MS, sampleRow } from './sample-batch.ts';

const [file = '', ...numbers] = process.argv.slice(2);
const [cap = 0, amount = 0, payments = 0] = numbers.map(Number);
const SPENT: WindowSpec = { window: 'day', sliding: false };
const CALLS: WindowSpec = { window: 'hour', sliding: true };
const KEYS = ['spent', 'calls'] as const;

const store = await openSqliteStore({ file, durability: 'normal', busyTimeoutMs: 20_000 });
let allowed = 0;
for (let payment = 0; payment < payments; payment += 1) {
  let isAllowed = false;
  const decide = (records: readonly CounterRecord[]): CommitBatch => {
    const [spent, calls] = records as [CounterRecord, CounterRecord];
    isAllowed = valueAt(spent, SPENT, SAMPLE_TIME_MS) + amount <= cap;
    return isAllowed ? pay(spent, calls) : deny(records);
  };
  const { status } = await store.commit(decide(await store.read(KEYS)));
  if (status === 'overtaken') await store.commitLocked(KEYS, decide);
  if (isAllowed) allowed += 1;
}
await store.close();
process.stdout.write(`${allowed}\n`);

function pay(spent: CounterRecord, calls: CounterRecord): CommitBatch {
  const charges = [
    { counter: 'spent', amount },
    { counter: 'calls', amount: 1 },
  ];
  return {
    rows: [sampleRow({ id: randomUUID(), output: JSON.stringify({ charges }) })],
    reads: [spent, calls].map(({ key, version }) => ({ key, version })),
    writes: [addCharge(spent, SPENT, SAMPLE_TIME_MS, amount), addCharge(calls, CALLS, SAMPLE_TIME_MS, 1)],
  };
}

function deny(records: readonly CounterRecord[]): CommitBatch {
  return {
    rows: [sampleRow({ id: randomUUID(), outcome: 'deny' })],
    reads: records.map(({ key, version }) => ({ key, version })),
    writes: [],
  };
}
