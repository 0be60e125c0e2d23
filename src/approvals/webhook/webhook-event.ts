// What the webhook tells of one step of an approval. It is made from steps, which never change: each attempt to deliver
// a step says the same, whatever has become of the approval since.
//
// The arguments of the call are left out: they may hold secrets, and a chat keeps what it is sent. Their digest and their
// size say which call it is; people read the arguments on the console's page, after they have signed in.
import type { Approval, ApprovalStatus, ApprovalStepKind, ListedStep } from '../approval.ts';

export type WebhookEventType = `approval.${ApprovalStepKind}`;

export interface WebhookEvent {
  /** The same for each attempt, and for no other step of any state file. */
  readonly id: string;
  readonly type: WebhookEventType;
  /** As it stood after the step. */
  readonly approval: Approval;
  readonly step: ListedStep;
  /** The console's page of the request; null where no console is known. */
  readonly url: string | null;
}

/** `steps` are those of the approval; null where the one of this sequence is not among them. */
export function eventOf(
  approval: Approval,
  { steps, sequence, consoleUrl }: { steps: readonly ListedStep[]; sequence: number; consoleUrl: URL | null },
): WebhookEvent | null {
  const step = steps.find((one) => one.sequence === sequence);
  if (step === undefined) return null;
  return {
    id: `${approval.id}_${sequence}`,
    type: `approval.${step.step}`,
    approval: standingAfter(approval, step, steps),
    step,
    url: consoleUrl === null ? null : new URL(`approvals/${approval.id}`, consoleUrl).href,
  };
}

function standingAfter(approval: Approval, last: ListedStep, steps: readonly ListedStep[]): Approval {
  const agreed = steps.filter(({ step, sequence }) => step === 'approved' && sequence <= last.sequence);
  const enough = agreed[approval.required - 1];
  return {
    ...approval,
    status: statusAfter(last.step, enough !== undefined),
    approvers: agreed.map(({ by }) => by),
    rejection: last.step === 'rejected' ? last.reason : null,
    useByMs: enough === undefined ? null : enough.atMs + approval.useWithinMs,
  };
}

function statusAfter(step: ApprovalStepKind, isEnough: boolean): ApprovalStatus {
  switch (step) {
    case 'requested':
      return 'pending';
    case 'approved':
      return isEnough ? 'approved' : 'pending';
    default:
      return step;
  }
}
