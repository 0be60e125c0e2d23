// The reference evaluator: what the contract says of a tool call, in plain TypeScript. An oracle for the compiled policy,
// written from the contract alone, so that a mistake must be made twice to go unseen.
import type { Policy, Rule, ToolEntry } from '../../compiler/model/policy.ts';
import type { ApprovalNeed, Charge, Decision } from '../../src/policy/decision.ts';
import { holdsSurely, mayHold } from './conditions.ts';
import { type Added, checkRateLimit, checkSpend, checkState, type LimitResult } from './counters.ts';
import { findCovering, matchesPattern } from './globs.ts';
import type { ReferenceCall, RuleAtWork } from './reference-call.ts';
import { passesCheck } from './schemas.ts';

/** All of a decision but the texts of its reasons; `onDeny` is the reason where the policy itself words it. */
export interface Expected extends Pick<Decision, 'outcome' | 'rule' | 'source'> {
  readonly onDeny: string | null;
  /** Rule ids, sorted; so are the next. */
  readonly violations: readonly string[];
  readonly shadow: readonly string[];
  readonly charges: readonly Charge[] | null;
  readonly approval: ApprovalNeed | null;
}

export function evaluate(policies: readonly Policy[], call: ReferenceCall): Expected {
  const policy = policies.find(({ server }) => server === call.server);
  if (policy === undefined) return builtIn('server-unknown');
  if (policy.hide.some((pattern) => matchesPattern(pattern, call.tool))) return builtIn('hidden');
  if (!isGranted(policy, call)) return builtIn('agent-not-permitted');
  const listed = policy.tools.filter(({ name }) => name.text !== '*');
  const entry = findCovering(listed, ({ name }) => name, call.tool);
  if (entry === null && policy.default === 'deny') return builtIn('default-deny');
  const everywhere = policy.tools.find(({ name }) => name.text === '*') ?? null;
  const rules = [entry, everywhere].flatMap((part) => (part === null ? [] : rulesOf(part)));
  return conclude(
    rules.map(({ entry: owner, rule }) => judge({ policy, entry: owner, rule, call })),
    call,
  );
}

function isGranted({ agents }: Policy, { agentId, tool }: ReferenceCall): boolean {
  if (agents === null) return true;
  const grant = findCovering(agents, ({ agent }) => agent, agentId);
  return grant?.tools.some((pattern) => matchesPattern(pattern, tool)) ?? false;
}

function rulesOf(entry: ToolEntry): ReadonlyArray<{ entry: ToolEntry; rule: Rule }> {
  return entry.rules.map((rule) => ({ entry, rule }));
}

function builtIn(rule: string): Expected {
  const nothing = { source: null, onDeny: null, shadow: [], charges: null, approval: null };
  return { ...nothing, outcome: 'deny', rule, violations: [rule] };
}

interface Judged {
  readonly rule: Rule;
  readonly fails: boolean;
  readonly holds: boolean;
  readonly added: readonly Added[];
}

function judge(at: RuleAtWork): Judged {
  const { rule, call } = at;
  if (!rule.when.every((condition) => mayHold(condition, at)))
    return { rule, fails: false, holds: false, added: [] };
  const limits: LimitResult[] = [
    rule.rateLimit === null ? [] : [checkRateLimit(rule.rateLimit, at)],
    rule.spend === null ? [] : [checkSpend(rule.spend, at)],
    rule.state === null ? [] : [checkState(rule.state, at)],
  ].flat();
  const passes =
    rule.conditions.every((condition) => holdsSurely(condition, at)) &&
    rule.arguments.every((check) => passesCheck(check, call.arguments)) &&
    limits.every((limit) => limit.passes);
  return {
    rule,
    fails: rule.action === 'deny' || !passes,
    holds: rule.action === 'require_approval',
    added: limits.flatMap(({ added }) => added),
  };
}

function conclude(judged: readonly Judged[], { approvers }: ReferenceCall): Expected {
  const enforced = judged.filter(({ rule }) => rule.mode === 'enforce');
  const failed = enforced.filter(({ fails }) => fails);
  const holding = enforced.filter(({ holds }) => holds);
  const agreed = approvers ?? 0;
  const shadow = judged.filter(
    ({ rule, fails, holds }) =>
      rule.mode === 'shadow' && (fails || (holds && agreed < (rule.approval?.required ?? 1))),
  );
  const common = { violations: idsOf(failed), shadow: idsOf(shadow), charges: null, approval: null };
  if (failed.length > 0) return { ...common, outcome: 'deny', ...named(failed) };
  const unmet = holding.filter(({ rule }) => agreed < (rule.approval?.required ?? 1));
  if (unmet.length > 0) {
    const timeoutMs = Math.min(...holding.map(({ rule }) => rule.approval?.timeoutMs ?? 0));
    const required = Math.max(...holding.map(({ rule }) => rule.approval?.required ?? 1));
    return {
      ...common,
      outcome: 'require_approval',
      ...named(unmet),
      approval: { timeout_ms: timeoutMs, required },
    };
  }
  const charges = sumUp(judged.flatMap(({ added }) => added));
  return { ...common, outcome: 'allow', rule: null, source: null, onDeny: null, charges };
}

function idsOf(judged: readonly Judged[]): string[] {
  return judged.map(({ rule }) => rule.id).sort();
}

/** The first in file order names the decision. */
function named([first]: readonly Judged[]): Pick<Expected, 'rule' | 'source' | 'onDeny'> {
  if (first === undefined) throw new Error('no rule to name');
  const { id, onDeny, position } = first.rule;
  return { rule: id, onDeny, source: `${position.file}:${position.line}:${position.column}` };
}

function sumUp(added: readonly Added[]): Charge[] {
  const totals = new Map<string, bigint>();
  for (const { key, amount } of added) totals.set(key, (totals.get(key) ?? 0n) + amount);
  return Array.from(totals, ([counter, total]) => ({ counter, amount: Number(total) }))
    .filter(({ amount }) => amount > 0)
    .sort((a, b) => (a.counter < b.counter ? -1 : 1));
}
