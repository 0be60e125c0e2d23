// Asks humans to let a call through: joins the request that is there for the same call, or makes one.
import type { ApprovalStore } from '../state/store.ts';
import type { Approval, ApprovalBinding, ApprovalWrite, CounterEffect } from './approval.ts';
import { expireIfDue, stepOf } from './change-approval.ts';
import { fingerprintOf } from './fingerprint.ts';
import { createTimedId } from './timed-id.ts';

export interface ApprovalRequest extends ApprovalBinding {
  readonly session: string;
  readonly rule: string | null;
  readonly reason: string | null;
  readonly source: string | null;
  readonly decisionId: string;
  readonly required: number;
  /** How long humans may take. */
  readonly timeoutMs: number;
  readonly effects: readonly CounterEffect[];
  /** JSON text without white space, as sent otherwise. */
  readonly arguments: string;
}

export interface ApprovalLimits {
  /** How long an approved call may take to come. */
  readonly useWithinMs: number;
  /** Requests of one agent that wait at a time; and that it may cancel in a minute. */
  readonly waitingPerAgent: number;
}

export type RequestedApproval =
  /** Pending or approved; or rejected by somebody whose answer still stands. */
  | { readonly kind: 'known'; readonly approval: Approval }
  /** Nothing was asked: `reason` says why, for the agent. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Nobody can review more than this; what cannot be shown whole is not asked. */
const ARGUMENTS_MAX = 4 * 1024 * 1024;

export interface RequestParts {
  readonly store: ApprovalStore;
  readonly limits: ApprovalLimits;
  readonly nowMs: number;
}

/** Throws `StateError`. */
export async function requestApproval(
  request: ApprovalRequest,
  { store, limits, nowMs }: RequestParts,
): Promise<RequestedApproval> {
  const argumentsBytes = Buffer.byteLength(request.arguments);
  if (argumentsBytes > ARGUMENTS_MAX) {
    return {
      kind: 'refused',
      reason: `its arguments are over ${ARGUMENTS_MAX} bytes: too large for a human to review`,
    };
  }
  const fingerprint = fingerprintOf(request);
  let requested: RequestedApproval | null = null;
  await store.changeApprovals({ server: request.server, agent: request.agent, nowMs }, (found) => {
    const overdue = found.flatMap((approval) => expireIfDue(approval, nowMs) ?? []);
    const live = found.filter(({ id }) => !overdue.some(({ approval }) => approval.id === id));
    const isCancelled = ({ status }: Approval): boolean => status === 'cancelled';
    const known = live.find((approval) => !isCancelled(approval) && fingerprintOf(approval) === fingerprint);
    if (known !== undefined) {
      requested = { kind: 'known', approval: known };
      return overdue;
    }
    const waiting = live.filter(({ status }) => status === 'pending').length;
    if (waiting >= limits.waitingPerAgent) {
      requested = { kind: 'refused', reason: `${waiting} calls of this agent wait for approval already` };
      return overdue;
    }
    // People were told of each: to ask and to cancel, over and over, must not be a way round the limit.
    const cancelled = live.filter(isCancelled).length;
    if (cancelled >= limits.waitingPerAgent) {
      const reason = `this agent has cancelled ${cancelled} requests in the last minute`;
      requested = { kind: 'refused', reason };
      return overdue;
    }
    const made = newApproval(request, { limits, nowMs, argumentsBytes });
    requested = { kind: 'known', approval: made.approval };
    return [...overdue, made];
  });
  if (requested === null) throw new Error('the store did not make the change');
  return requested;
}

interface NewApproval {
  readonly limits: ApprovalLimits;
  readonly nowMs: number;
  readonly argumentsBytes: number;
}

function newApproval(
  request: ApprovalRequest,
  { limits, nowMs, argumentsBytes }: NewApproval,
): ApprovalWrite {
  const { arguments: text, timeoutMs, ...bound } = request;
  const approval: Approval = {
    ...bound,
    id: createTimedId('apr', nowMs),
    status: 'pending',
    approvers: [],
    rejection: null,
    requestedMs: nowMs,
    decideByMs: nowMs + timeoutMs,
    useWithinMs: limits.useWithinMs,
    useByMs: null,
    argumentsBytes,
  };
  const facts = {
    atMs: nowMs,
    by: `agent:${request.agent}`,
    reason: request.reason,
    decisionId: request.decisionId,
  };
  return { approval, step: stepOf(approval, 'requested', facts), arguments: text };
}
