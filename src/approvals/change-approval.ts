// What becomes of an approval: pure steps from one state to the next. Nothing here waits, reads a clock or writes.
import type { Approval, ApprovalStep, ApprovalStepKind, ApprovalWrite } from './approval.ts';

/** Who decides where time did. */
export const REGENT = 'regent';

interface StepFacts {
  readonly atMs: number;
  readonly by: string;
  readonly reason?: string | null;
  readonly decisionId?: string | null;
}

/** One more person agrees; the last one that is needed starts the time to use. */
export function agree(approval: Approval, facts: StepFacts): ApprovalWrite {
  const approvers = [...approval.approvers, facts.by];
  const isEnough = approvers.length >= approval.required;
  const useByMs = isEnough ? facts.atMs + approval.useWithinMs : null;
  const status = isEnough ? 'approved' : 'pending';
  return { approval: { ...approval, approvers, status, useByMs }, step: stepOf(approval, 'approved', facts) };
}

export function reject(approval: Approval, facts: StepFacts): ApprovalWrite {
  const rejected = { ...approval, status: 'rejected', rejection: facts.reason ?? null } as const;
  return { approval: rejected, step: stepOf(approval, 'rejected', facts) };
}

export function cancel(approval: Approval, facts: StepFacts): ApprovalWrite {
  return { approval: { ...approval, status: 'cancelled' }, step: stepOf(approval, 'cancelled', facts) };
}

export function consume(approval: Approval, facts: StepFacts): ApprovalWrite {
  return { approval: { ...approval, status: 'consumed' }, step: stepOf(approval, 'consumed', facts) };
}

/** The approval as it stands at this moment: expired where its time is over, whoever looks first. */
export function expireIfDue(approval: Approval, nowMs: number): ApprovalWrite | null {
  const reason = overdueReason(approval, nowMs);
  if (reason === null) return null;
  const facts = { atMs: nowMs, by: REGENT, reason };
  return { approval: { ...approval, status: 'expired' }, step: stepOf(approval, 'expired', facts) };
}

function overdueReason({ status, decideByMs, useByMs }: Approval, nowMs: number): string | null {
  if (status === 'pending' && nowMs >= decideByMs) return 'nobody decided in time';
  if (status === 'approved' && nowMs >= (useByMs ?? 0)) return 'it was approved, and not used in time';
  return null;
}

/** `kind` is `requested` for a new one. */
export function stepOf(approval: { id: string }, kind: ApprovalStepKind, facts: StepFacts): ApprovalStep {
  const { atMs, by, reason = null, decisionId = null } = facts;
  return { approvalId: approval.id, atMs, step: kind, by, reason, decisionId };
}
