// Which rules of a policy its cases show both ways: stopping a call, and letting one through.

import { compileGlob } from '../../compiler/model/match-glob.ts';
import type { Policy, Rule, ToolEntry } from '../../compiler/model/policy.ts';
import type { TestStep } from '../../src/cli/test/cases/test-case.ts';

export interface Gaps {
  /** No case names them as what stops a call. */
  readonly neverStopping: readonly string[];
  /** No case gets a call past them. */
  readonly neverPassed: readonly string[];
}

export function findGaps(policy: Policy, steps: readonly TestStep[]): Gaps {
  const stopping = new Set(
    steps.flatMap(({ expected }) =>
      expected.outcome === 'allow' ? [] : [expected.rule ?? [], expected.violations ?? []].flat(),
    ),
  );
  const passed = new Set(
    steps
      .filter(({ expected }) => expected.outcome === 'allow')
      .flatMap(({ call }) => entriesOf(policy, call.tool)),
  );
  const rules = policy.tools.flatMap((entry) => entry.rules.map((rule) => ({ entry, rule })));
  return {
    neverStopping: rules.filter(({ rule }) => !stopping.has(rule.id)).map(({ rule }) => rule.id),
    neverPassed: rules
      .filter(({ entry, rule }) => !passed.has(entry) && !stopsAll(rule))
      .map(({ rule }) => rule.id),
  };
}

/** The exact entry, else the longest glob, and then `"*"`. */
function entriesOf({ tools }: Policy, tool: string): ToolEntry[] {
  const own = tools
    .filter(({ name }) => name.text !== '*')
    .filter(({ name }) => (name.isGlob ? compileGlob(name.text)(tool) : name.text === tool))
    .sort((a, b) => Number(a.name.isGlob) - Number(b.name.isGlob) || b.name.text.length - a.name.text.length);
  return [...own.slice(0, 1), ...tools.filter(({ name }) => name.text === '*')];
}

function stopsAll({ action, when }: Rule): boolean {
  return (action === 'deny' || action === 'require_approval') && when.length === 0;
}
