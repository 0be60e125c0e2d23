// The gate of tool calls: judged first, then let through, denied, or held for humans.

import type { CallInFlight } from './calls-in-flight.ts';
import { denialMessage } from './denial.ts';
import { answerHeld } from './hold/answer-held.ts';
import type { GatedCall, Judgement } from './hold/held-call.ts';
import { judgeCall, passHold, type Waiting } from './hold/hold-call.ts';
import { NO_RESUMPTION, readResumption } from './hold/read-resumption.ts';
import { errorMessage, INTERNAL_ERROR, INVALID_REQUEST } from './json-rpc.ts';
import type { Verdict } from './judge/verdict.ts';
import type { Conversation, Session } from './session.ts';

/** Whether an allowed call may still be sent. */
export function canSend({ server }: Session, { verdict, flight }: Judgement): boolean {
  return verdict.decision.outcome === 'allow' && flight.voided === null && server.isAlive();
}

/** `onHeld` runs before a wait for humans begins. */
export async function gateCall(
  conversation: Conversation,
  call: GatedCall,
  flight: CallInFlight,
  waiting: Waiting & { readonly onHeld: () => void },
): Promise<Judgement> {
  const { hints } = waiting;
  // Most calls carry no state: they must not wait for their turn to be judged.
  const resumption = hints.regentState === null ? NO_RESUMPTION : await readResumption(conversation, hints);
  const { verdict, held } = await judgeCall(conversation, call, resumption);
  const judgement = { verdict, flight, held };
  if (held === null) return judgement;
  waiting.onHeld();
  return passHold(conversation, call, judgement, { ...waiting, resumedId: resumption.approvalId });
}

/** The answer to a call that is not sent; null where none is due: a notification, or a client that cancelled. */
export async function answerUnsent(
  conversation: Conversation,
  call: GatedCall,
  judgement: Judgement,
  hints: Waiting['hints'],
): Promise<string | null> {
  const { verdict, flight, held } = judgement;
  if (verdict.decision.outcome === 'allow') {
    await giveBackCharges(conversation, verdict);
    return answerToVoid(call, flight);
  }
  if (held?.end === 'void' && flight.voided !== null) return answerToVoid(call, flight);
  if (call.idText === null) return null;
  const { rule, reason } = verdict.decision;
  if (rule === 'arguments-ambiguous') {
    return errorMessage(call.idText, {
      code: INVALID_REQUEST,
      message: `Rejected by Regent: ${reason}. Nothing was forwarded.`,
    });
  }
  if (held !== null) return answerHeld(conversation, call, { verdict, held, hints });
  const { isModern, isTask, idText, toolCall } = call;
  return denialMessage({ idText, tool: toolCall.name, isModern, isTask }, verdict);
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

/** Nobody waits for the answer to a call that was cancelled; the others must know that the server is gone. */
function answerToVoid({ idText }: GatedCall, { voided }: CallInFlight): string | null {
  if (idText === null || voided === 'cancelled' || voided === 'client-gone') return null;
  const message = 'The MCP server has ended; the call was not executed.';
  return errorMessage(idText, { code: INTERNAL_ERROR, message });
}
