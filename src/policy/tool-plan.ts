// What the host gathers for a call of one tool: found once per tool name, from the bundle's manifest.
import type { AmountPlan, CounterPlan, ServerPlan, ToolPlan } from '../../compiler/model/manifest.ts';
import { compileGlob } from '../../compiler/model/match-glob.ts';
import type { ArgumentPath } from '../../compiler/model/policy.ts';
import { buildPathTree, type PathTree } from './arguments/path-tree.ts';

export interface ReadPlan {
  /** What goes into the input's `arguments`. */
  readonly projection: PathTree;
  /** Every path that the decision depends on, amounts and counter keys included. */
  readonly watched: PathTree;
  readonly counters: readonly CounterPlan[];
  readonly amounts: readonly AmountPlan[];
}

/**
 * Looks plans up by tool name as the policy does: the exact entry, else the longest glob, and always `"*"` and custom rules. An
 * entry's plan is made when it is first asked for: those of a thousand tools would hold up the calls of a reload.
 */
export function createPlanFinder(server: ServerPlan): (tool: string) => ReadPlan {
  const everyTool = server.custom === undefined ? [server.all] : [server.all, server.custom];
  const entries = new Map(Object.entries(server.tools));
  const exact = new Map<string, ReadPlan>();
  const globs = server.globs.map(({ glob, plan }) => ({
    matches: compileGlob(glob),
    plan: joinPlans(plan, ...everyTool),
  }));
  const others = joinPlans(...everyTool);
  return (tool) => {
    const known = exact.get(tool);
    if (known !== undefined) return known;
    const entry = entries.get(tool);
    if (entry === undefined) return globs.find(({ matches }) => matches(tool))?.plan ?? others;
    const plan = joinPlans(entry, ...everyTool);
    exact.set(tool, plan);
    return plan;
  };
}

function joinPlans(...plans: readonly ToolPlan[]): ReadPlan {
  const counters = plans.flatMap((plan) => plan.counters);
  const amounts = plans.flatMap((plan) => plan.amounts);
  const paths = plans.flatMap((plan) => plan.arguments);
  const keyPaths = counters.flatMap(counterPaths);
  return {
    projection: buildPathTree(paths),
    watched: buildPathTree([...paths, ...amounts.map(({ path }) => path), ...keyPaths]),
    counters: dedupe(counters, ({ base }) => base),
    amounts: dedupe(amounts, ({ key }) => key),
  };
}

function counterPaths({ currency, per }: CounterPlan): ArgumentPath[] {
  const paths = currency === null ? [] : [currency];
  return per?.by === 'argument' ? [...paths, per.path] : paths;
}

function dedupe<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
