// Decides the calls of one batch in order on one snapshot, each seeing the charges of those before it. No waiting here:
// what it returns is written as it is, or thrown away and made anew.
import type { Approval, ApprovalWrite } from '../../approvals/approval.ts';
import { consume } from '../../approvals/change-approval.ts';
import { fingerprintOf } from '../../approvals/fingerprint.ts';
import { createTimedId } from '../../approvals/timed-id.ts';
import type { JournalRow } from '../../journal/journal-row.ts';
import type { LoadedPolicy } from '../../policy/bundle/load-bundle.ts';
import { clockAt } from '../../policy/clock.ts';
import { printDecision } from '../../policy/decider.ts';
import type { Decision } from '../../policy/decision.ts';
import { PolicyError } from '../../policy/policy-error.ts';
import type { GivenApproval, PreparedCall, ToolCall } from '../../policy/prepare-call.ts';
import { addCharge, resetsAt, valueAt } from '../../state/counter-window.ts';
import type { CommitBatch, CounterRecord } from '../../state/store.ts';
import { type HostRule, hostDenial, refusalDenial } from './host-denial.ts';
import type { CallToJudge, ChargedCounter, LimitFacts, Verdict } from './verdict.ts';

export interface BatchToDecide {
  readonly policy: LoadedPolicy;
  readonly calls: readonly CallToJudge[];
  /** Beside `calls`; an error is a call that the policy cannot be asked about. */
  readonly prepared: ReadonlyArray<PreparedCall | PolicyError>;
  readonly records: readonly CounterRecord[];
  /** Those that calls name. */
  readonly approvals: readonly Approval[];
  readonly nowMs: number;
  /** Whether the batch has taken so long that its other calls are left for the next; never asked before the first. */
  readonly isOver?: () => boolean;
}

export interface BatchDraft {
  /** Of the first calls, one at least. */
  readonly verdicts: readonly Verdict[];
  readonly batch: CommitBatch;
}

/** What a batch gets for a call; an error where the policy cannot be asked about it. */
export function prepareForBatch(policy: LoadedPolicy, call: ToolCall): PreparedCall | PolicyError {
  try {
    return policy.prepare(call);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

export function decideBatch(work: BatchToDecide): BatchDraft {
  const { policy, nowMs } = work;
  const counters = new Map(work.records.map((record) => [record.key, record]));
  const approvals = new Map(work.approvals.map((approval) => [approval.id, approval]));
  const situation = { policy, nowMs, counters, approvals };
  const used: ApprovalWrite[] = [];
  const changed = new Set<string>();
  const verdicts: Verdict[] = [];
  const rows: JournalRow[] = [];
  for (const [index, asked] of work.calls.entries()) {
    if (index > 0 && work.isOver?.() === true) break;
    const { verdict, input, approval } = decideOne(situation, asked, work.prepared[index]);
    for (const { key } of verdict.charged) changed.add(key);
    verdicts.push(verdict);
    if (approval !== null && verdict.decision.outcome === 'allow') {
      const by = `agent:${approval.agent}`;
      const write = consume(approval, { atMs: nowMs, by, decisionId: verdict.id });
      approvals.set(approval.id, write.approval);
      used.push(write);
    }
    rows.push(rowOf(asked, verdict, input, nowMs));
  }
  const reads = work.records.map(({ key, version }) => ({ key, version }));
  const writes = [...changed].flatMap((key) => counters.get(key) ?? []);
  return { verdicts, batch: { rows, reads, writes, approvals: used } };
}

function rowOf({ call, digest }: CallToJudge, verdict: Verdict, input: string, atMs: number): JournalRow {
  const { id, decision, revision } = verdict;
  return {
    id,
    atMs,
    server: call.server,
    agent: call.agent.id,
    session: call.session,
    tool: call.tool,
    outcome: decision.outcome,
    rule: decision.rule,
    reason: decision.reason,
    revision,
    argumentsDigest: digest,
    input,
    output: printDecision(decision),
  };
}

interface DecidedCall {
  readonly verdict: Verdict;
  readonly input: string;
  /** The approval that it rests on. */
  readonly approval: Approval | null;
}

/** What the calls of a batch are decided on; those before have changed it. */
interface Situation {
  readonly policy: LoadedPolicy;
  readonly nowMs: number;
  readonly counters: Map<string, CounterRecord>;
  readonly approvals: ReadonlyMap<string, Approval>;
}

/** Charges `counters` where the call is allowed. */
function decideOne(
  situation: Situation,
  asked: CallToJudge,
  prepared: PreparedCall | PolicyError | undefined,
): DecidedCall {
  const { policy, nowMs, counters } = situation;
  if (prepared === undefined || prepared instanceof PolicyError) {
    return withoutPolicy(situation, unprepared(prepared), 'null');
  }
  const values = prepared.counters.map(({ key, plan }) => valueAt(recordOf(counters, key), plan, nowMs));
  const approval = usableApproval(situation, asked);
  const inputWith = (given: GivenApproval | null): string => prepared.input(clockAt(nowMs), values, given);
  const input = inputWith(approval === 'unusable' ? null : approval);
  if (asked.refusal !== undefined) return withoutPolicy(situation, refusalDenial(asked.refusal), input);
  if (approval === 'unusable') return withoutPolicy(situation, unusable(), input);
  try {
    // What is counted differs with every call.
    const decision = values.length === 0 ? policy.decideOnce(input) : policy.decide(input);
    const limit = limitFacts(decision, prepared, counters, nowMs);
    const charged = chargesOf(decision, prepared, nowMs);
    const updated = charged.map(({ key, plan, amount }) =>
      addCharge(recordOf(counters, key), plan, nowMs, amount),
    );
    const need = decision.approval;
    const wouldCharge =
      need === undefined ? [] : chargesOf(policy.decide(inputWith(agreedBy(need.required))), prepared, nowMs);
    for (const record of updated) counters.set(record.key, record);
    const id = createTimedId('dec', nowMs);
    const { revision } = policy;
    const verdict = { id, decision, limit, charged, wouldCharge, revision, isJournalled: true };
    return { verdict, input, approval };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return withoutPolicy(situation, unprepared(error), input);
  }
}

/** A decision of Regent's own. */
function withoutPolicy({ policy, nowMs }: Situation, decision: Decision, input: string): DecidedCall {
  const id = createTimedId('dec', nowMs);
  const { revision } = policy;
  const verdict = { id, decision, limit: null, charged: [], wouldCharge: [], revision, isJournalled: true };
  return { verdict, input, approval: null };
}

/** Only the call that was approved, judged by the policy that asked, in time, and once. */
function usableApproval(
  { policy, approvals, nowMs }: Situation,
  { call, digest, approvalId }: CallToJudge,
): Approval | 'unusable' | null {
  if (approvalId === undefined) return null;
  const approval = approvals.get(approvalId);
  const { server, agent, tool } = call;
  const bound = { server, agent: agent.id, tool, argumentsDigest: digest, revision: policy.revision };
  const isUsable =
    approval?.status === 'approved' &&
    nowMs < (approval.useByMs ?? 0) &&
    fingerprintOf(approval) === fingerprintOf(bound);
  return isUsable ? approval : 'unusable';
}

function unusable(): Decision {
  const reason = 'the approval is used, over, or for another call or policy';
  return hostDenial('approval-unusable', reason);
}

/** As if so many had agreed: what the call would charge then is what they are shown. */
function agreedBy(required: number): GivenApproval {
  return { id: '', approvers: Array.from({ length: required }, (_, index) => String(index)) };
}

function unprepared(error: PolicyError | undefined): Decision {
  return hostDenial(refusalRule(error?.code), error?.message ?? 'the call was not prepared');
}

function refusalRule(code: PolicyError['code'] | undefined): HostRule {
  switch (code) {
    case 'arguments-unreadable':
    case 'arguments-ambiguous':
    case 'policy-missing':
      return code;
    default:
      return 'evaluation-failed';
  }
}

function chargesOf(decision: Decision, prepared: PreparedCall, atMs: number): ChargedCounter[] {
  return (decision.charges ?? []).map(({ counter, amount }) => {
    const use = prepared.counters.find(({ name }) => name === counter);
    if (use === undefined)
      throw new PolicyError('evaluation-failed', `the policy charges ${counter}, which it never read`);
    const { key, name, plan } = use;
    return { key, name, plan, amount, atMs };
  });
}

function limitFacts(
  decision: Decision,
  prepared: PreparedCall,
  counters: ReadonlyMap<string, CounterRecord>,
  nowMs: number,
): LimitFacts | null {
  const { counter, limit } = decision.violations.find(({ rule }) => rule === decision.rule) ?? {};
  const use = prepared.counters.find(({ name }) => name === counter);
  if (use === undefined || limit === undefined) return null;
  const record = recordOf(counters, use.key);
  const remaining = Math.max(0, limit - valueAt(record, use.plan, nowMs));
  return { plan: use.plan, limit, remaining, resetsAtMs: resetsAt(record, use.plan, nowMs) };
}

function recordOf(counters: ReadonlyMap<string, CounterRecord>, key: string): CounterRecord {
  const record = counters.get(key);
  if (record === undefined) throw new Error(`the snapshot lacks the counter ${key}`);
  return record;
}
