// The gate of tool calls: judged first, then let through, denied, or held for a human and denied.
import { type HoldEnd, holdCall } from '../approvals/hold-call.ts';
import type { CallInFlight } from './calls-in-flight.ts';
import { denialMessage } from './denial.ts';
import { errorMessage, INTERNAL_ERROR, INVALID_REQUEST } from './json-rpc.ts';
import type { Verdict } from './judge/verdict.ts';
import { canonicalJson } from './read/canonical-json.ts';
import type { MessageParts } from './read/read-message.ts';
import type { ToolCallParts } from './read/tool-call.ts';
import type { Conversation, Session } from './session.ts';
import { sha256 } from './sha256.ts';

export interface GatedCall extends MessageParts {
  readonly toolCall: ToolCallParts;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly flight: CallInFlight;
}

/** Whether an allowed call may still be sent. */
export function canSend({ server }: Session, { verdict, flight }: Judgement): boolean {
  return verdict.decision.outcome === 'allow' && flight.voided === null && server.isAlive();
}

export async function judgeCall(conversation: Conversation, { toolCall }: GatedCall): Promise<Verdict> {
  const { identity, judge } = conversation;
  const call = { ...identity, tool: toolCall.name, arguments: toolCall.arguments };
  const digest = sha256(canonicalJson(toolCall.arguments));
  return judge.judge({ call, digest });
}

/** The answer to a call that is not sent; null where none is due: a notification, or a client that cancelled. */
export async function answerUnsent(
  conversation: Conversation,
  call: GatedCall,
  judgement: Judgement,
): Promise<string | null> {
  const isAllowed = judgement.verdict.decision.outcome === 'allow';
  return isAllowed ? takeCallBack(conversation, call, judgement) : refuseCall(conversation, call, judgement);
}

async function refuseCall(
  conversation: Conversation,
  call: GatedCall,
  { verdict, flight }: Judgement,
): Promise<string | null> {
  const held = verdict.decision.approval;
  const holdEnd =
    held === undefined
      ? null
      : await holdCall(Math.min(held.timeout_ms, conversation.holdMs), flight.signal());
  if (holdEnd !== null) {
    conversation.results.record(verdict.id, holdEnd === 'expired' ? 'hold-expired' : 'hold-void');
  }
  return holdEnd === 'void' ? answerToVoid(call, flight) : answerToDenied(call, verdict, holdEnd);
}

/** Gives the charges of an allowed call back that can no longer be sent; its answer, where one is due. */
async function takeCallBack(
  conversation: Conversation,
  call: GatedCall,
  { verdict, flight }: Judgement,
): Promise<string | null> {
  await giveBackCharges(conversation, verdict);
  return answerToVoid(call, flight);
}

/** Of an allowed call that provably never reached the server. */
export async function giveBackCharges(
  { judge, results, log }: Conversation,
  verdict: Verdict,
): Promise<void> {
  results.record(verdict.id, 'not-sent');
  await judge.giveBack(verdict).catch((error: unknown) => {
    log.error(
      { err: error, decision: verdict.id },
      'the charges of a call that was not sent could not be given back',
    );
  });
}

function answerToDenied(
  { idText, toolCall, isModern, isTask }: GatedCall,
  verdict: Verdict,
  holdEnd: HoldEnd | null,
): string | null {
  if (idText === null) return null;
  const { rule, reason } = verdict.decision;
  if (rule === 'arguments-ambiguous') {
    return errorMessage(idText, {
      code: INVALID_REQUEST,
      message: `Rejected by Regent: ${reason}. Nothing was forwarded.`,
    });
  }
  return denialMessage({ idText, tool: toolCall.name, isModern, isTask }, verdict, holdEnd);
}

/** Nobody waits for the answer to a call that was cancelled; the others must know that the server is gone. */
function answerToVoid({ idText }: GatedCall, { voided }: CallInFlight): string | null {
  if (idText === null || voided === 'cancelled' || voided === 'client-gone') return null;
  const message = 'The MCP server has ended; the call was not executed.';
  return errorMessage(idText, { code: INTERNAL_ERROR, message });
}
