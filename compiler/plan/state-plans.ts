// Intercept's counters for the manifest: those that an entry declares, and those of other entries that it reads.
import { ownLimit } from '../generate/checks/rule-checks.ts';
import type { RuleContext } from '../generate/checks/rule-context.ts';
import { findStateCounter, stateCounterKey } from '../generate/checks/state-counter.ts';
import type { CounterPlan } from '../model/manifest.ts';
import type { Policy, ToolEntry } from '../model/policy.ts';

export function planStateCounters(policy: Policy, entry: ToolEntry): CounterPlan[] {
  const tool = entry.name.text;
  return entry.rules.flatMap((rule) => [
    ...(rule.state === null
      ? []
      : [planCounter(policy, { tool, counter: rule.state.counter }, { entry: tool, rule })]),
    ...[...rule.when, ...rule.conditions].flatMap(({ path }) =>
      path.root === 'state' ? [planCounter(policy, path, { entry: tool, rule })] : [],
    ),
  ]);
}

interface CounterName {
  readonly tool: string;
  readonly counter: string;
}

type Reader = Pick<RuleContext, 'entry' | 'rule'>;

/** The limit is the lowest bound that the rule itself sets on its own counter, where it sets one. */
function planCounter(policy: Policy, { tool, counter }: CounterName, reader: Reader): CounterPlan {
  const { rule } = reader;
  const { window, incrementFrom } = findStateCounter(policy, tool, counter);
  const limits = rule.conditions.flatMap((condition) => {
    const { path } = condition;
    const isThis = path.root === 'state' && path.tool === tool && path.counter === counter;
    return isThis ? (ownLimit(reader, condition) ?? []) : [];
  });
  return {
    base: stateCounterKey(policy, tool, counter),
    rule: rule.id,
    window,
    sliding: false,
    currency: null,
    per: null,
    limit: limits.length === 0 ? null : Math.min(...limits),
    unit: incrementFrom === null ? 'calls' : 'amount',
    scale: 0,
  };
}
