// Where a condition looks: its path as Rego, the way there, and what a missing value means.
import type { Condition, ConditionPath } from '../../model/policy.ts';
import type { PathStart } from '../print/path-rego.ts';
import { joinRef } from '../print/rego-text.ts';
import type { RuleContext } from './rule-context.ts';
import { stateCounterKey } from './state-counter.ts';

export function startOf(context: RuleContext, path: ConditionPath): PathStart {
  switch (path.root) {
    case 'args':
      return { place: { text: 'input.arguments', variable: null }, steps: path.steps };
    case 'agent.claims':
      return { place: { text: 'input.agent.claims', variable: null }, steps: path.steps };
    case 'agent.id':
      return { place: { text: 'input.agent.id', variable: null }, steps: [] };
    case 'session':
      return { place: { text: 'input.session', variable: null }, steps: [] };
    case 'clock':
      return { place: { text: `input.clock.${path.field}`, variable: null }, steps: [] };
    case 'state': {
      const key = stateCounterKey(context.policy, path.tool, path.counter);
      return { place: { text: joinRef('input.state.counters', [key]), variable: null }, steps: [] };
    }
  }
}

/** The host always sends these: where one is missing all the same, a rule applies rather than not. */
export function isSentByHost(path: ConditionPath): boolean {
  return path.root !== 'args' && path.root !== 'agent.claims';
}

/** What `lt` and `lte` add to the rule's own counter before they compare: this call's own increment. */
export function ownIncrement(
  { entry, rule }: Pick<RuleContext, 'entry' | 'rule'>,
  { path, op }: Condition,
): string | null {
  const { state } = rule;
  const isOwn = path.root === 'state' && path.tool === entry && path.counter === state?.counter;
  if (!isOwn || state === null || (op !== 'lt' && op !== 'lte')) return null;
  return state.incrementFrom === null
    ? String(state.increment)
    : joinRef('input.amounts', [incrementId(rule.id)]);
}

/** Names the amount of `increment_from` in the input. */
export function incrementId(ruleId: string): string {
  return `${ruleId}#increment`;
}

export function readsAgentOnly({ path }: Condition): boolean {
  return path.root === 'agent.id' || path.root === 'agent.claims';
}
