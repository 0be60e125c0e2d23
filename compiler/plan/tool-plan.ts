// What the rules of one entry read, for the bundle's manifest: the host sends nothing else.
import { incrementId } from '../generate/checks/condition-place.ts';
import { counterBase } from '../model/counter-key.ts';
import type { AmountPlan, CounterPlan, ToolPlan } from '../model/manifest.ts';
import type { Policy, Rule, ToolEntry } from '../model/policy.ts';
import { uniqueBy } from '../model/unique-by.ts';
import { readPaths } from './read-paths.ts';
import { planStateCounters } from './state-plans.ts';

export const NOTHING_READ: ToolPlan = { arguments: [], counters: [], amounts: [] };

export function planEntry(policy: Policy, entry: ToolEntry): ToolPlan {
  const name = entry.name.text;
  const owned = entry.rules.flatMap((rule) => planOwnCounters(policy, name, rule));
  return {
    arguments: readPaths(entry.rules),
    counters: uniqueBy([...owned, ...planStateCounters(policy, entry)], ({ base }) => base),
    amounts: entry.rules.flatMap(planAmounts),
  };
}

/** Counters of `rate_limit` and `spend`, which no other rule can read. */
function planOwnCounters(policy: Policy, tool: string, rule: Rule): CounterPlan[] {
  const { rateLimit, spend } = rule;
  const owner = { server: policy.server, tool, name: rule.name };
  const plans: CounterPlan[] = [];
  if (rateLimit !== null) {
    const { limit, window, sliding, per } = rateLimit;
    const base = counterBase({ ...owner, kind: 'rate_limit', window, sliding });
    plans.push({ base, rule: rule.id, window, sliding, currency: null, per, limit, unit: 'calls', scale: 0 });
  }
  for (const { window, cap } of spend?.caps ?? []) {
    const base = counterBase({ ...owner, kind: 'spend', window, sliding: false });
    const { currency = null, per = null, scale = 0 } = spend ?? {};
    plans.push({
      base,
      rule: rule.id,
      window,
      sliding: false,
      currency,
      per,
      limit: cap,
      unit: 'amount',
      scale,
    });
  }
  return plans;
}

function planAmounts({ id, spend, state }: Rule): AmountPlan[] {
  const plans: AmountPlan[] = [];
  if (spend !== null) plans.push({ key: id, path: spend.amount, scale: spend.scale });
  if (state !== null && state.incrementFrom !== null) {
    plans.push({ key: incrementId(id), path: state.incrementFrom, scale: 0 });
  }
  return plans;
}
