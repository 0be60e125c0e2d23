// Intercept's `state` counters: they belong to the entry that declares them, so that any rule may read them.
import { counterBase } from '../../model/counter-key.ts';
import type { Policy, StateCounter } from '../../model/policy.ts';

/** The declaration of a counter. The checks have ruled out that a condition names one that nothing declares. */
export function findStateCounter(policy: Policy, tool: string, counter: string): StateCounter {
  const entries = policy.tools.filter(({ name }) => name.text === tool);
  const states = entries.flatMap(({ rules }) => rules.map(({ state }) => state));
  const declared = states.find((state) => state?.counter === counter);
  if (!declared)
    throw new Error(`a condition reads the counter ${counter} of ${tool}, which nothing declares`);
  return declared;
}

export function stateCounterKey(policy: Policy, tool: string, counter: string): string {
  const { window } = findStateCounter(policy, tool, counter);
  return counterBase({
    server: policy.server,
    tool,
    name: null,
    kind: { state: counter },
    window,
    sliding: false,
  });
}
