// Counts which rules of the policies the decisions of cases have shown: stopping a call, and letting one past.
import path from 'node:path';
import type { CustomModule } from '../../../../compiler/custom/custom-module.ts';
import { compileGlob } from '../../../../compiler/model/match-glob.ts';
import type { Policy, Position, Rule } from '../../../../compiler/model/policy.ts';
import type { Decision } from '../../../policy/decision.ts';
import type { MadeDecision } from '../test-result.ts';
import type { RuleCoverage } from './coverage.ts';
import { customRules } from './custom-rules.ts';
import { type RuleToCount, ruleKey } from './rule-to-count.ts';

export interface RulesToCover {
  readonly policies: readonly Policy[];
  /** Hand-written modules of all of them. */
  readonly custom: readonly CustomModule[];
}

/** Of one suite, in file order; those of hand-written Rego after the YAML's. */
export function coverRules(
  { policies, custom }: RulesToCover,
  decisions: readonly MadeDecision[],
): readonly RuleCoverage[] {
  const counted = policies.map((policy) => countRules(policy, custom));
  for (const { input, output } of decisions) {
    const { server, tool } = readCall(input);
    const decision = JSON.parse(output) as Decision;
    for (const one of counted) if (one.server === server) one.count(tool, decision);
  }
  return counted.flatMap(({ rules }) => rules.map(ruleCoverage));
}

/** Policies that are tested in several suites are covered by all of them. */
export function joinRules(suites: ReadonlyArray<readonly RuleCoverage[]>): readonly RuleCoverage[] {
  const joined = new Map<string, RuleCoverage>();
  for (const one of suites.flat()) {
    const { file, line, column } = one.position;
    const key = JSON.stringify([file, line, column, one.rule]);
    const { stopped, passed } = joined.get(key) ?? { stopped: 0, passed: 0 };
    joined.set(key, { ...one, stopped: add(one.stopped, stopped), passed: add(one.passed, passed) });
  }
  return [...joined.values()];
}

interface CountedRule extends RuleToCount {
  stopped: number;
  passed: number;
}

interface CountedRules {
  readonly server: string;
  readonly rules: readonly CountedRule[];
  count(tool: string, decision: Decision): void;
}

function countRules(policy: Policy, custom: readonly CustomModule[]): CountedRules {
  const { server, tools } = policy;
  const fromZero = (rule: RuleToCount): CountedRule => ({ ...rule, stopped: 0, passed: 0 });
  const written = customRules(policy, custom).map(fromZero);
  const entries = tools.map(({ name, rules }) => ({
    name,
    covers: name.isGlob ? compileGlob(name.text) : (tool: string) => tool === name.text,
    rules: rules.map((rule) => fromZero(ruleToCount(rule))),
  }));
  const all = entries.filter(({ name }) => name.text === '*');
  // The exact entry, else the longest glob.
  const own = entries
    .filter(({ name }) => name.text !== '*')
    .sort((a, b) => Number(a.name.isGlob) - Number(b.name.isGlob) || b.name.text.length - a.name.text.length);
  const count = (tool: string, decision: Decision): void => {
    const stopping = stoppingKeys(decision);
    const entry = own.find(({ covers }) => covers(tool));
    const reached = isRefusal(decision)
      ? []
      : [...(entry?.rules ?? []), ...all.flatMap(({ rules }) => rules), ...written];
    for (const one of reached) {
      if (stopping.has(one.key)) one.stopped += 1;
      else if (!one.needsAllow || decision.outcome === 'allow') one.passed += 1;
    }
  };
  return { server, rules: [...entries.flatMap(({ rules }) => rules), ...written], count };
}

/** Denied before any rule of the policy was looked at, or by the host: no place in a policy says so. */
function isRefusal({ outcome, source }: Decision): boolean {
  return outcome === 'deny' && source === null;
}

function stoppingKeys({ outcome, rule, source, violations, shadow = [] }: Decision): ReadonlySet<string> {
  const held = outcome === 'require_approval' ? [ruleKey(rule, source)] : [];
  return new Set([...held, ...[...violations, ...shadow].map((one) => ruleKey(one.rule, one.source))]);
}

function ruleToCount(rule: Rule): RuleToCount {
  const { id, position, action, mode } = rule;
  return {
    id,
    position,
    key: ruleKey(id, sourceText(position)),
    canStop: canStop(rule),
    canPass: canPass(rule),
    needsAllow: action === 'require_approval' && mode !== 'shadow',
  };
}

/** As decisions name a place: by the file's name alone. */
function sourceText({ file, line, column }: Position): string {
  return `${path.basename(file)}:${line}:${column}`;
}

function ruleCoverage({ id, position, stopped, passed, ...can }: CountedRule): RuleCoverage {
  return {
    rule: id,
    position,
    stopped: can.canStop ? stopped : null,
    passed: can.canPass ? passed : null,
  };
}

function canStop({ action, conditions, arguments: checks, rateLimit, spend, state }: Rule): boolean {
  // A counter that adds a fixed number only counts.
  const reads = state?.incrementFrom ?? null;
  const hasLimit = rateLimit !== null || spend !== null || reads !== null;
  const isVerdict = action === 'deny' || action === 'require_approval';
  return isVerdict || hasLimit || conditions.length > 0 || checks.length > 0;
}

function canPass({ action, when }: Rule): boolean {
  return action !== 'deny' || when.length > 0;
}

function readCall(input: string): { readonly server: unknown; readonly tool: string } {
  const { server, tool } = (JSON.parse(input) ?? {}) as {
    readonly server?: unknown;
    readonly tool?: unknown;
  };
  return { server, tool: String(tool) };
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
