// Counters over a whole server: each rule's are its own, and conditions read counters that exist.
import { counterBase } from '../model/counter-key.ts';
import type { Condition, Rule, ToolEntry } from '../model/policy.ts';
import type { Placed } from './read-policy.ts';
import type { Scope } from './report.ts';
import { suggestWord } from './suggest.ts';

export function checkCounters(tools: ReadonlyArray<Placed<ToolEntry>>): void {
  const declared = new Map(tools.map(({ value }) => [value.name.text, counterNames(value)]));
  for (const { value: entry, scope } of tools) {
    const owners = new Map<string, string>();
    for (const [index, rule] of entry.rules.entries()) {
      const below = scope.at('rules').at(index);
      reportConflicts(entry, rule, { owners, scope: below });
      for (const condition of [...rule.when, ...rule.conditions]) checkReference(condition, declared, below);
    }
  }
}

function counterNames({ rules }: ToolEntry): string[] {
  return rules.flatMap(({ state }) => (state === null ? [] : [state.counter]));
}

interface Owners {
  readonly owners: Map<string, string>;
  readonly scope: Scope;
}

function reportConflicts(entry: ToolEntry, rule: Rule, { owners, scope }: Owners): void {
  for (const base of basesOf(entry, rule)) {
    const other = owners.get(base);
    if (other !== undefined) {
      scope.problem(
        'counter-conflict',
        rule.position,
        `${rule.id} and ${other} would share the counter ${base}`,
        'give each of them a name of its own',
      );
    }
    owners.set(base, rule.id);
  }
}

/** The server's name is the same for all of them, so it is left out. */
function basesOf(entry: ToolEntry, { name, rateLimit, spend, state }: Rule): string[] {
  const owner = { server: '', tool: entry.name.text, name };
  const bases: string[] = [];
  if (rateLimit !== null)
    bases.push(
      counterBase({ ...owner, kind: 'rate_limit', window: rateLimit.window, sliding: rateLimit.sliding }),
    );
  for (const { window } of spend?.caps ?? [])
    bases.push(counterBase({ ...owner, kind: 'spend', window, sliding: false }));
  // A state counter is known by its name alone: two windows under one name could not be told apart in conditions.
  if (state !== null) bases.push(`${entry.name.text}/state/${state.counter}`);
  return bases.map((base) => base.replace(/^\//, ''));
}

function checkReference(
  { path, position }: Condition,
  declared: ReadonlyMap<string, readonly string[]>,
  scope: Scope,
): void {
  if (path.root !== 'state') return;
  const { tool, counter } = path;
  const counters = declared.get(tool);
  const shown = tool === '*' ? '_global' : tool;
  if (counters === undefined) {
    scope.problem(
      'unknown-counter',
      position,
      `state.${shown}.${counter} names the tool ${shown}, which is not listed`,
      suggestWord(tool, [...declared.keys()]),
    );
  } else if (!counters.includes(counter)) {
    const advice = suggestWord(counter, counters) ?? `declare it with a state block in a rule of ${shown}`;
    scope.problem(
      'unknown-counter',
      position,
      `${shown} keeps no counter ${JSON.stringify(counter)}`,
      advice,
    );
  }
}
