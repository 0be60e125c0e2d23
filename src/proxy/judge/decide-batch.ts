// Decides the calls of one batch in order on one snapshot, each seeing the charges of those before it. No waiting here:
// what it returns is written as it is, or thrown away and made anew.
import { clockAt } from '../../policy/clock.ts';
import type { Decision } from '../../policy/decision.ts';
import type { LoadedPolicy } from '../../policy/load-bundle.ts';
import { PolicyError } from '../../policy/policy-error.ts';
import type { PreparedCall } from '../../policy/prepare-call.ts';
import { addCharge, resetsAt, valueAt } from '../../state/counter-window.ts';
import type { CommitBatch, CounterRecord } from '../../state/store.ts';
import { createDecisionId } from './decision-id.ts';
import { hostDenial } from './host-denial.ts';
import type { CallToJudge, ChargedCounter, LimitFacts, Verdict } from './verdict.ts';

export interface BatchToDecide {
  readonly policy: LoadedPolicy;
  readonly calls: readonly CallToJudge[];
  /** Beside `calls`; an error is a call that the policy cannot be asked about. */
  readonly prepared: ReadonlyArray<PreparedCall | PolicyError>;
  readonly records: readonly CounterRecord[];
  readonly nowMs: number;
}

export interface BatchDraft {
  readonly verdicts: readonly Verdict[];
  readonly batch: CommitBatch;
}

export function decideBatch(work: BatchToDecide): BatchDraft {
  const counters = new Map(work.records.map((record) => [record.key, record]));
  const changed = new Set<string>();
  const verdicts: Verdict[] = [];
  const rows: CommitBatch['rows'][number][] = [];
  work.calls.forEach(({ call, digest }, index) => {
    const { input, ...verdict } = decideOne(work, index, counters);
    for (const { key } of verdict.charged) changed.add(key);
    verdicts.push(verdict);
    const { decision, id } = verdict;
    rows.push({
      id,
      atMs: work.nowMs,
      server: call.server,
      agent: call.agent.id,
      session: call.session,
      tool: call.tool,
      outcome: decision.outcome,
      rule: decision.rule,
      reason: decision.reason,
      revision: work.policy.revision,
      argumentsDigest: digest,
      input,
      output: JSON.stringify(decision),
    });
  });
  const reads = work.records.map(({ key, version }) => ({ key, version }));
  const writes = [...changed].flatMap((key) => counters.get(key) ?? []);
  return { verdicts, batch: { rows, reads, writes } };
}

interface DecidedCall extends Verdict {
  readonly input: string;
}

/** Charges `counters` where the call is allowed. */
function decideOne(work: BatchToDecide, index: number, counters: Map<string, CounterRecord>): DecidedCall {
  const id = createDecisionId(work.nowMs);
  const prepared = work.prepared[index];
  if (prepared === undefined || prepared instanceof PolicyError) {
    return { id, decision: refusal(prepared), limit: null, charged: [], isJournalled: true, input: 'null' };
  }
  const values = prepared.counters.map(({ key, plan }) => valueAt(recordOf(counters, key), plan, work.nowMs));
  const input = prepared.input(clockAt(work.nowMs), values);
  try {
    const decision = work.policy.decide(input);
    const limit = limitFacts(decision, prepared, counters, work.nowMs);
    const charged = chargesOf(decision, prepared, work.nowMs);
    const updated = charged.map(({ key, plan, amount }) =>
      addCharge(recordOf(counters, key), plan, work.nowMs, amount),
    );
    for (const record of updated) counters.set(record.key, record);
    return { id, decision, limit, charged, isJournalled: true, input };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { id, decision: refusal(error), limit: null, charged: [], isJournalled: true, input };
  }
}

function refusal(error: PolicyError | undefined): Decision {
  const code = error?.code;
  const rule = code === 'arguments-unreadable' || code === 'arguments-ambiguous' ? code : 'evaluation-failed';
  return hostDenial(rule, error?.message ?? 'the call was not prepared');
}

function chargesOf(decision: Decision, prepared: PreparedCall, atMs: number): ChargedCounter[] {
  return (decision.charges ?? []).map(({ counter, amount }) => {
    const use = prepared.counters.find(({ key }) => key === counter);
    if (use === undefined)
      throw new PolicyError('evaluation-failed', `the policy charges ${counter}, which it never read`);
    return { ...use, amount, atMs };
  });
}

function limitFacts(
  decision: Decision,
  prepared: PreparedCall,
  counters: ReadonlyMap<string, CounterRecord>,
  nowMs: number,
): LimitFacts | null {
  const { counter, limit } = decision.violations.find(({ rule }) => rule === decision.rule) ?? {};
  const use = prepared.counters.find(({ key }) => key === counter);
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
