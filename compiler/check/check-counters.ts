// Counters: each rule's are its own, and conditions read counters that exist.
import { counterBase } from '../model/counter-key.ts';
import type { Rule, ToolEntry } from '../model/policy.ts';
import { quoteText } from '../parse/quote-text.ts';
import type { CounterUse } from './policy-uses.ts';
import type { Placed } from './read-names.ts';
import type { Scope } from './report.ts';
import { suggestWord } from './suggest.ts';

/** Every condition on a counter names one that a `state` block of that tool keeps. */
export function checkCounterUses(tools: ReadonlyArray<Placed<ToolEntry>>, uses: readonly CounterUse[]): void {
  const declared = new Map(tools.map(({ value }) => [value.name.text, counterNames(value)]));
  for (const use of uses) reportUnknown(use, declared);
}

function counterNames({ rules }: ToolEntry): string[] {
  return rules.flatMap(({ state }) => (state === null ? [] : [state.counter]));
}

export interface CounterOwners {
  /** The entry's name in `tools`. */
  readonly tool: string;
  /** Counter base -> id of the rule that owns it; filled rule by rule. */
  readonly owners: Map<string, string>;
  readonly scope: Scope;
}

/** No two rules of one entry count on the same counter. */
export function claimCounters(rule: Rule, { tool, owners, scope }: CounterOwners): void {
  for (const base of basesOf(tool, rule)) {
    const other = owners.get(base);
    // Two rules of one name are reported as such.
    if (other !== undefined && other !== rule.id) {
      const message = `${rule.id} and ${other} would share the counter ${base}`;
      scope.problem('counter-conflict', rule.position, message, 'give each of them a name of its own');
    }
    owners.set(base, rule.id);
  }
}

/** The server's name is the same for all of them, so it is left out. */
function basesOf(tool: string, { name, rateLimit, spend, state }: Rule): string[] {
  const owner = { server: '', tool, name };
  const bases: string[] = [];
  if (rateLimit !== null)
    bases.push(
      counterBase({ ...owner, kind: 'rate_limit', window: rateLimit.window, sliding: rateLimit.sliding }),
    );
  for (const { window } of spend?.caps ?? [])
    bases.push(counterBase({ ...owner, kind: 'spend', window, sliding: false }));
  // A state counter is known by its name alone: two windows under one name could not be told apart in conditions.
  if (state !== null) bases.push(`${tool}/state/${state.counter}`);
  return bases.map((base) => base.replace(/^\//, ''));
}

function reportUnknown(
  { counter: { tool, counter }, position, scope }: CounterUse,
  declared: ReadonlyMap<string, readonly string[]>,
): void {
  const counters = declared.get(tool);
  const shown = tool === '*' ? '_global' : tool;
  if (counters === undefined) {
    const advice =
      tool === '*'
        ? 'declare it with a state block in a rule of "*"'
        : suggestWord(tool, [...declared.keys()]);
    const message = `${quoteText(shown)} has no rules, so it keeps no counter`;
    scope.problem('unknown-counter', position, message, advice);
  } else if (!counters.includes(counter)) {
    const advice = suggestWord(counter, counters) ?? `declare it with a state block in a rule of ${shown}`;
    scope.problem('unknown-counter', position, `${shown} keeps no counter ${quoteText(counter)}`, advice);
  }
}
