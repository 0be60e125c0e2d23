// Gives charges back, for calls that provably never reached the server.
import { takeBack } from '../../state/counter-window.ts';
import type { CommitBatch, CounterRecord } from '../../state/store.ts';
import type { ChargedCounter } from './verdict.ts';

/** `records` stand beside `charged`. */
export function takeBackCharges(
  charged: readonly ChargedCounter[],
  records: readonly CounterRecord[],
): CommitBatch {
  const writes = records.flatMap((record) => {
    const charge = charged.find(({ key }) => key === record.key);
    return charge === undefined ? [] : [takeBack(record, charge.plan, charge.atMs, charge.amount)];
  });
  return { rows: [], reads: records.map(({ key, version }) => ({ key, version })), writes };
}
