// What an agent is told of a call that humans must let through and have not.
import type { Approval } from '../../approvals/approval.ts';
import { isoTime, reasonOf, refusalMessage } from '../denial.ts';
import { resultMessage } from '../json-rpc.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { Conversation } from '../session.ts';
import type { ClientHints, GatedCall, Held } from './held-call.ts';
import { asksByUrl } from './hold-call.ts';
import { APPROVAL_INPUT } from './read-client-hints.ts';

export interface HeldAnswer {
  readonly verdict: Verdict;
  readonly held: Held;
  readonly hints: ClientHints;
}

/** Sooner than that nothing is gained by asking again: the call is held for a while then anyway. */
const RETRY_AFTER_MS = 5000;

/** The whole JSON-RPC answer; null for a notification. */
export async function answerHeld(
  conversation: Conversation,
  call: GatedCall,
  { verdict, held, hints }: HeldAnswer,
): Promise<string | null> {
  const { idText, toolCall, isModern, isTask } = call;
  if (idText === null) return null;
  if (held.end === 'pending' && held.approval !== null && !isTask && asksByUrl(conversation, hints)) {
    const asking = await inputRequired(conversation, toolCall.name, held.approval).catch(() => null);
    if (asking !== null) return resultMessage(idText, asking);
  }
  const text = `${sentenceOf(toolCall.name, verdict, held)} ${adviceFor(held)}`;
  return refusalMessage({ idText, tool: toolCall.name, isModern, isTask }, text, factsOf(verdict, held));
}

function sentenceOf(tool: string, { decision }: Verdict, { end, approval, detail }: Held): string {
  const head = `${tool}: ${reasonOf(decision)}.`;
  switch (end) {
    case 'pending':
      return `Approval pending: ${head} Humans have until ${isoTime(approval?.decideByMs ?? 0)} to decide on request ${approval?.id ?? ''}. The call was not executed.`;
    case 'rejected':
      return `Denied by a human: ${head}${detail === null ? '' : ` They said: ${detail}.`} The call was not executed.`;
    case 'refused':
      return `Denied by policy: ${head} No approval was asked for: ${detail ?? ''}. The call was not executed.`;
    case 'consumed':
      return `Denied by policy: ${head} Its approval was used by the same call, sent at the same time. This one was not executed.`;
    case 'approved':
    case 'expired':
      return `Denied by policy: ${head} No human approved it in time. The call was not executed.`;
    case 'cancelled':
    case 'void':
      return `Denied by policy: ${head} The request for approval was cancelled. The call was not executed.`;
  }
}

function adviceFor({ end }: Held): string {
  switch (end) {
    case 'pending':
      return `Send the same call again in ${RETRY_AFTER_MS / 1000} seconds or later: it joins this request, and runs once if it is approved.`;
    case 'refused':
      return 'You may retry later.';
    default:
      return 'Do not retry it unchanged.';
  }
}

/** JSON text of `_meta["dev.regent/decision"]`. */
function factsOf({ id, decision }: Verdict, { end, approval }: Held): string {
  const isPending = end === 'pending';
  return JSON.stringify({
    outcome: isPending ? 'require_approval' : 'deny',
    rule: decision.rule,
    decision_id: id,
    executed: false,
    ...(approval === null ? {} : { approval_id: approval.id, approval_status: end }),
    ...(isPending ? { retry_after_ms: RETRY_AFTER_MS, decide_by: isoTime(approval?.decideByMs ?? 0) } : {}),
  });
}

/** JSON text of the result: the client shows the console's page to its user, and sends the call again. */
async function inputRequired(
  { requestStates, consoleUrl, identity }: Conversation,
  tool: string,
  { id, decideByMs, useWithinMs, reason }: Approval,
): Promise<string | null> {
  const url = consoleUrl();
  if (url === null) return null;
  // Approved at the last moment, it can still be used.
  const untilMs = decideByMs + useWithinMs;
  const state = await requestStates.sign({ approvalId: id, agent: identity.agent.id, untilMs });
  const message = `${tool} needs the approval of a human${reason === null ? '' : `: ${reason}`}. Open the console to answer request ${id}.`;
  const params = { mode: 'url', message, url: new URL(`approvals/${id}`, url).href };
  return JSON.stringify({
    resultType: 'input_required',
    inputRequests: { [APPROVAL_INPUT]: { method: 'elicitation/create', params } },
    requestState: state,
  });
}
