// One payment from the call to the end of all doubt: held, answered, its sidecar killed, and sent again to the next one.
import { setTimeout as sleep } from 'node:timers/promises';
import { answerApproval } from '../../../src/approvals/answer-approval.ts';
import type { Approval, ApprovalStatus } from '../../../src/approvals/approval.ts';
import type { Lane, Sidecar } from './crash-lane.ts';
import { MOMENTS } from './crash-moments.ts';

export interface Round {
  readonly lane: Lane;
  readonly sidecar: Sidecar;
  readonly payment: number;
  readonly moment: string;
  readonly at: number;
}

export interface RoundEnd {
  readonly moment: string;
  readonly approvalId: string;
  /** How the approval stood when the sidecar was dead, and how often the server had run the call. */
  readonly status: ApprovalStatus;
  readonly executed: number;
  /** The same after the call was sent again. */
  readonly statusAtLast: ApprovalStatus;
  readonly executedAtLast: number;
  /** What the call that was sent again came to. */
  readonly again: 'ran' | 'held anew' | 'denied';
}

export async function playRound(
  round: Round,
): Promise<{ readonly end: RoundEnd; readonly sidecar: Sidecar }> {
  const { lane, payment, moment, at } = round;
  sendPayment(round.sidecar, payment);
  const { id: approvalId } = await whenWaiting(lane);
  await MOMENTS[moment]?.({ ...round, approvalId, at });
  const status = await statusOf(lane, approvalId);
  const executed = lane.executed(payment);
  const sidecar = await lane.start();
  const again = await sendAgain(lane, sidecar, payment);
  const statusAtLast = await statusOf(lane, approvalId);
  const executedAtLast = lane.executed(payment);
  return {
    sidecar,
    end: { moment, approvalId, status, executed, statusAtLast, executedAtLast, again },
  };
}

export function sendPayment({ client }: Sidecar, payment: number): void {
  const params = { name: 'pay', arguments: { payment, amount: 12.5 } };
  client.send(JSON.stringify({ jsonrpc: '2.0', id: payment, method: 'tools/call', params }));
}

/** The one request that is pending. */
async function whenWaiting({ store }: Lane): Promise<Approval> {
  for (;;) {
    const [waiting] = await store.listApprovals({ statuses: ['pending'] });
    if (waiting !== undefined) return waiting;
    await sleep(10);
  }
}

/** A request that it makes anew is rejected: what was approved once must not run by that. */
async function sendAgain(lane: Lane, sidecar: Sidecar, payment: number): Promise<RoundEnd['again']> {
  sendPayment(sidecar, payment);
  let isAnswered = false;
  const answer = sidecar.client
    .next((line) => line.includes(`"id":${payment},`))
    .finally(() => {
      isAnswered = true;
    });
  let isHeldAnew = false;
  while (!isAnswered) {
    const [waiting] = await lane.store.listApprovals({ statuses: ['pending'] });
    if (waiting !== undefined) {
      isHeldAnew = true;
      await rejectIt(lane, waiting.id);
    }
    await sleep(10);
  }
  const { result } = JSON.parse(await answer);
  if (result.isError !== true) return 'ran';
  return isHeldAnew ? 'held anew' : 'denied';
}

async function rejectIt({ store }: Lane, id: string): Promise<void> {
  const person = { name: 'bob', ownerOf: [] };
  await answerApproval(store, { id, verdict: 'reject', person, reason: null }, Date.now());
}

export async function statusOf({ store }: Lane, id: string): Promise<ApprovalStatus> {
  const [approval] = await store.readApprovals([id]);
  if (approval === undefined) throw new Error(`the approval ${id} is lost`);
  return approval.status;
}
