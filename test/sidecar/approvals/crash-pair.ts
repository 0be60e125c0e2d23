// The same payment held by two sidecars and answered by two people at once, while one of the sidecars is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { answerApproval } from '../../../src/approvals/answer-approval.ts';
import type { ApprovalStatus } from '../../../src/approvals/approval.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import type { Lane, Sidecar } from './crash-lane.ts';
import { sendPayment, statusOf } from './crash-round.ts';

export interface PairRound {
  readonly lane: Lane;
  readonly killed: Sidecar;
  readonly survivor: Sidecar;
  readonly payment: number;
  readonly second: 'approve' | 'reject';
  /** From 0 to below 1: when the one is killed. */
  readonly at: number;
}

export interface PairEnd {
  readonly approvalId: string;
  readonly second: 'approve' | 'reject';
  readonly status: ApprovalStatus;
  readonly executedAtLast: number;
  /** The survivor's call was let through. */
  readonly survivorRan: boolean;
}

const SPAN_MS = 60;

export async function playPair(round: PairRound): Promise<PairEnd> {
  const { lane, killed, survivor, payment, second, at } = round;
  for (const sidecar of [killed, survivor]) sendPayment(sidecar, payment);
  const approvalId = await whenHeldTwice(lane, payment);
  const answers = [answerBy(lane, approvalId, 'alice', 'approve'), answerBy(lane, approvalId, 'bob', second)];
  await sleep(at * SPAN_MS);
  await killed.kill();
  await Promise.all(answers);
  const { result } = JSON.parse(await survivor.client.next((line) => line.includes(`"id":${payment},`)));
  return {
    approvalId,
    second,
    status: await statusOf(lane, approvalId),
    executedAtLast: lane.executed(payment),
    survivorRan: result.isError !== true,
  };
}

async function whenHeldTwice({ store }: Lane, payment: number): Promise<string> {
  for (;;) {
    const rows = await store.list({});
    const held = rows.filter(({ outcome }) => outcome === 'require_approval');
    const [waiting] = await store.listApprovals({ statuses: ['pending'] });
    if (held.length >= 2 * (payment + 1) && waiting !== undefined) return waiting.id;
    await sleep(10);
  }
}

/** Each on a connection of their own, as people at two machines' terminals. */
async function answerBy(
  { stateFile }: Lane,
  id: string,
  name: string,
  verdict: 'approve' | 'reject',
): Promise<void> {
  const store = await openSqliteStore({ file: stateFile, durability: 'normal' });
  await answerApproval(store, { id, verdict, person: { name, ownerOf: [] }, reason: null }, Date.now());
  await store.close();
}
