// A call that comes again with a request state of Regent's: what it says is checked before anything is judged by it.
import type { Refusal } from '../judge/host-denial.ts';
import type { Conversation } from '../session.ts';
import type { ClientHints } from './held-call.ts';

export interface Resumption {
  /** The approval that the client waits for; null where it comes for the first time. */
  readonly approvalId: string | null;
  /** Why the call is denied whatever the policy says; null where that is the policy's to say. */
  readonly refusal: Refusal | null;
}

export const NO_RESUMPTION: Resumption = { approvalId: null, refusal: null };

/** A user who did not want to open the page has given the call up: it must not run, were it approved by now. */
export async function readResumption(
  { requestStates, approvals, identity, now, log }: Conversation,
  { regentState, hasDeclined }: ClientHints,
): Promise<Resumption> {
  if (regentState === null) return NO_RESUMPTION;
  // A store that fails makes no state valid.
  const state = await requestStates.verify(regentState, now()).catch(() => null);
  if (state === null || state.agent !== identity.agent.id) {
    log.warn({ agent: identity.agent.id }, 'a request state is not one that Regent gave to this agent');
    return { approvalId: null, refusal: 'request-state-invalid' };
  }
  const { approvalId } = state;
  if (!hasDeclined) return { approvalId, refusal: null };
  await approvals.withdraw(approvalId);
  return { approvalId, refusal: 'approval-declined' };
}
