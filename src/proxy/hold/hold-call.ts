// Brings a call that needs humans before them, and holds it until they have answered.
//
//   held by policy ──▶ request ──▶ approved before? ──▶ judged again ──▶ sent
//                         │              ▲
//                         └──▶ pending ──┴──(approved while it is held)
//                                 └──▶ rejected, expired, void, or still pending when the bounded wait is over

import type { Approval } from '../../approvals/approval.ts';
import type { HoldEnd, HoldOutcome } from '../../approvals/approval-registry.ts';
import type { ApprovalRequest } from '../../approvals/request-approval.ts';
import type { CallResult } from '../../journal/journal-row.ts';
import { printJson } from '../../policy/arguments/json-node.ts';
import { failureDenial } from '../judge/host-denial.ts';
import type { CallToJudge, Verdict } from '../judge/verdict.ts';
import { canonicalJson } from '../read/canonical-json.ts';
import type { Conversation } from '../session.ts';
import { sha256 } from '../sha256.ts';
import type { ClientHints, GatedCall, Held, Judgement } from './held-call.ts';
import { NO_HINTS } from './read-client-hints.ts';
import type { Resumption } from './read-resumption.ts';
import { startProgress } from './say-progress.ts';

interface JudgedCall {
  readonly verdict: Verdict;
  readonly held: Held | null;
}

/** What judging needs of a conversation. */
export type Judging = Pick<Conversation, 'identity' | 'judge' | 'approvals' | 'results' | 'log'>;

/** A call that humans have approved before is judged with their approval, and not held. */
export async function judgeCall(
  conversation: Judging,
  { toolCall }: Pick<GatedCall, 'toolCall'>,
  { refusal }: Resumption,
): Promise<JudgedCall> {
  const { identity, judge } = conversation;
  const { server, agent, session } = identity;
  const call = { server, agent, session, tool: toolCall.name, arguments: toolCall.arguments };
  const bare: CallToJudge = { call, digest: sha256(canonicalJson(toolCall.arguments)) };
  const asked = refusal === null ? bare : { ...bare, refusal };
  const verdict = await judge.judge(asked);
  if (verdict.decision.approval === undefined) return { verdict, held: null };
  return askHumans(conversation, { asked, verdict });
}

interface CallToAsk {
  readonly asked: CallToJudge;
  readonly verdict: Verdict;
}

/** What cannot be asked is denied. */
async function askHumans(conversation: Judging, toAsk: CallToAsk): Promise<JudgedCall> {
  const { approvals, results, log } = conversation;
  const { verdict, asked } = toAsk;
  try {
    const requested = await approvals.request(requestOf(toAsk));
    if (requested.kind === 'refused') {
      results.record(verdict.id, 'hold-refused');
      return { verdict, held: { end: 'refused', approval: null, detail: requested.reason } };
    }
    return settleHold(conversation, { asked, verdict, approval: requested.approval });
  } catch (error) {
    log.error({ err: error, decision: verdict.id }, 'no approval could be asked for: the call is denied');
    results.record(verdict.id, 'hold-refused');
    return { verdict: { ...verdict, decision: failureDenial(error) }, held: null };
  }
}

function requestOf({ asked: { call, digest }, verdict }: CallToAsk): ApprovalRequest {
  const { rule, reason, source, approval } = verdict.decision;
  return {
    server: call.server,
    agent: call.agent.id,
    session: call.session,
    tool: call.tool,
    argumentsDigest: digest,
    arguments: printJson(call.arguments),
    revision: verdict.revision,
    decisionId: verdict.id,
    rule,
    reason,
    source,
    required: approval?.required ?? 1,
    timeoutMs: approval?.timeout_ms ?? 0,
    effects: verdict.wouldCharge.map(({ key, plan, amount }) => {
      const { window, sliding, limit, unit, scale } = plan;
      return { key, rule: plan.rule, window, sliding, limit, unit, scale, amount };
    }),
  };
}

interface AnsweredCall {
  readonly asked: CallToJudge;
  readonly verdict: Verdict;
  readonly approval: Approval;
}

/** Once it is approved, the approval and the call's charges are used up in one write. */
async function settleHold(
  { judge, results }: Pick<Judging, 'judge' | 'results'>,
  { asked, verdict, approval }: AnsweredCall,
): Promise<JudgedCall> {
  if (approval.status === 'pending') return { verdict, held: heldBy(approval, 'pending') };
  results.record(verdict.id, RESULTS[approval.status]);
  if (approval.status !== 'approved') return { verdict, held: heldBy(approval, approval.status) };
  return { verdict: await judge.judge({ ...asked, approvalId: approval.id }), held: null };
}

function heldBy(approval: Approval, end: HoldEnd): Held {
  return { end, approval, detail: approval.rejection };
}

const RESULTS: Readonly<Record<HoldEnd, CallResult>> = {
  approved: 'hold-approved',
  rejected: 'hold-rejected',
  pending: 'hold-pending',
  expired: 'hold-expired',
  consumed: 'hold-expired',
  cancelled: 'hold-void',
  void: 'hold-void',
};

export interface Waiting {
  readonly hints: ClientHints;
  /** False in batches, whose other calls must not wait: their client comes again. */
  readonly canWait: boolean;
  /** Sends a line of Regent's own to the client, on the stream of the call. */
  readonly say: (line: Buffer) => void;
}

interface WaitingHere extends Waiting {
  /** The approval that the client has come again for. */
  readonly resumedId: string | null;
}

/** For the calls of a batch. */
export const NO_WAITING = { hints: NO_HINTS, canWait: false, say: () => {}, onHeld: () => {} };

/** Waits for the humans where the call is held; as it is otherwise. */
export async function passHold(
  conversation: Conversation,
  call: GatedCall,
  judgement: Judgement,
  waiting: WaitingHere,
): Promise<Judgement> {
  const { held } = judgement;
  if (held?.end !== 'pending' || held.approval === null) return judgement;
  // The client comes again for this very approval, or it can only wait here.
  const isHeldHere = waiting.resumedId === held.approval.id || !asksByUrl(conversation, waiting.hints);
  const maxMs = waiting.canWait && isHeldHere ? conversation.holdMs : 0;
  const stopProgress = maxMs > 0 ? startProgress(call, held.approval, waiting.say) : () => {};
  const signal = judgement.flight.signal();
  const outcome = await conversation.approvals.hold(held.approval, { maxMs, signal });
  stopProgress();
  return endHold(conversation, call, judgement, outcome);
}

async function endHold(
  conversation: Conversation,
  { toolCall }: GatedCall,
  judgement: Judgement,
  { end, approval }: HoldOutcome,
): Promise<Judgement> {
  const { verdict, flight } = judgement;
  if (end !== 'approved') {
    conversation.results.record(verdict.id, RESULTS[end]);
    return { ...judgement, held: heldBy(approval, end) };
  }
  const call = { ...conversation.identity, tool: toolCall.name, arguments: toolCall.arguments };
  const asked = { call, digest: approval.argumentsDigest };
  return { flight, ...(await settleHold(conversation, { asked, verdict, approval })) };
}

/** The client can show the console to its user, and comes again. */
export function asksByUrl({ consoleUrl }: Conversation, { opensUrls }: ClientHints): boolean {
  return opensUrls && consoleUrl() !== null;
}
