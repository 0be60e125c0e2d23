// What an agent is told of a denied call: a normal tool result, so that models read it (design section 8).
import { printUnits } from '../policy/arguments/print-units.ts';
import type { Decision } from '../policy/decision.ts';
import { errorMessage, POLICY_DENIED, resultMessage } from './json-rpc.ts';
import type { LimitFacts, Verdict } from './judge/verdict.ts';

export interface DeniedCall {
  readonly idText: string;
  readonly tool: string;
  /** The client speaks 2026-07-28 or later, where results name their type. */
  readonly isModern: boolean;
  /** The call asked for a task (2025-11-25): its answer has no `isError`. */
  readonly isTask: boolean;
}

/** The whole JSON-RPC answer to a call that was denied outright. */
export function denialMessage(denied: DeniedCall, verdict: Verdict): string {
  return refusalMessage(denied, denialText(denied.tool, verdict), decisionFacts(verdict));
}

/** A result that models read; where the method has no `isError`, an error. `facts` is JSON text. */
export function refusalMessage(
  { idText, isTask, isModern }: DeniedCall,
  text: string,
  facts: string,
): string {
  if (isTask) return errorMessage(idText, { code: POLICY_DENIED, message: text, data: facts });
  const type = isModern ? '"resultType":"complete",' : '';
  const content = `"content":[{"type":"text","text":${JSON.stringify(text)}}]`;
  return resultMessage(idText, `{${type}${content},"isError":true,"_meta":{"dev.regent/decision":${facts}}}`);
}

function denialText(tool: string, { decision, limit }: Verdict): string {
  const reset = limit === null ? '' : ` ${limitSentence(limit)}`;
  const head = `Denied by policy: ${tool}: ${reasonOf(decision)}.`;
  return `${head}${reset} The call was not executed. ${adviceFor(decision, limit)}`;
}

/** The reason, and the rule that gives it. */
export function reasonOf({ rule, reason }: Decision): string {
  return `${reason ?? 'not allowed'}${rule === null ? '' : ` (rule ${rule})`}`;
}

function limitSentence(limit: LimitFacts): string {
  return `${printUnits(limit.remaining, limit.plan)} of ${printUnits(limit.limit, limit.plan)} left until ${isoTime(limit.resetsAtMs)}.`;
}

function adviceFor({ rule }: Decision, limit: LimitFacts | null): string {
  if (limit !== null) return 'Do not retry before then.';
  if (rule === 'state-unavailable' || rule === 'evaluation-failed') return 'You may retry later.';
  return 'Do not retry it unchanged.';
}

/** JSON text of `_meta["dev.regent/decision"]`. */
function decisionFacts({ id, decision, limit }: Verdict): string {
  const facts = [
    '"outcome":"deny"',
    `"rule":${JSON.stringify(decision.rule)}`,
    `"decision_id":${JSON.stringify(id)}`,
    '"executed":false',
  ];
  if (limit !== null) {
    facts.push(
      `"limit":${printUnits(limit.limit, limit.plan)}`,
      `"remaining":${printUnits(limit.remaining, limit.plan)}`,
    );
    facts.push(`"resets_at":"${isoTime(limit.resetsAtMs)}"`);
  }
  return `{${facts.join(',')}}`;
}

export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
