// Random valid policies as YAML text, over the whole grammar.
import fc from 'fast-check';
import { readPolicies } from '../../compiler/check/read-policies.ts';
import type { Policy } from '../../compiler/model/policy.ts';
import { arbitraryRule } from './arbitrary-rule.ts';
import { type Draft, printDraft } from './draft.ts';

export interface PolicyText {
  readonly name: string;
  readonly text: string;
  readonly policy: Policy;
}

const ENTRIES = ['pay', 'refund', 'get_balance', 'a/b', 'list:all.v2', 'constructor', '__proto__'];
const GLOBS = ['get_*', '*_all', 'p?y', '*pay*', 'delete_*', '**', '?'];
const GRANTED = ['pay', 'get_*', 'delete_*', '*', '*a*', 'p??'];
const AGENTS = ['bot', 'bot-*', 'b?t', '*', 'anonymous', 'ops team', 'bo*'];

interface Outline {
  readonly name: string;
  /** The counters that this entry keeps. */
  readonly counters: readonly string[];
}

const outline = (name: fc.Arbitrary<string>): fc.Arbitrary<Outline> =>
  fc.record({ name, counters: fc.oneof(fc.constant([]), fc.subarray(['calls', 'units'])) });

const outlines: fc.Arbitrary<Outline[]> = fc
  .tuple(
    fc.uniqueArray(outline(fc.constantFrom(...ENTRIES)), { selector: ({ name }) => name, maxLength: 2 }),
    fc.uniqueArray(outline(fc.constantFrom(...GLOBS)), { selector: ({ name }) => name, maxLength: 2 }),
    fc.array(outline(fc.constant('*')), { maxLength: 1 }),
  )
  .map((groups) => groups.flat());

const grants = fc.dictionary(
  fc.constantFrom(...AGENTS),
  fc.record({ tools: fc.uniqueArray(fc.constantFrom(...GRANTED), { minLength: 1, maxLength: 3 }) }),
  { minKeys: 1, maxKeys: 4, noNullPrototype: true },
);
const outcome = fc.record({ default: fc.constantFrom('allow', 'deny') });
const hidden = fc.record({
  hide: fc.uniqueArray(fc.constantFrom('secret', 'delete_a*', 'x?', 'refund'), { maxLength: 2 }),
});
const head: fc.Arbitrary<Record<string, Draft>> = fc
  .tuple(
    fc.oneof(fc.constant({}), outcome, outcome),
    fc.oneof(fc.constant({}), hidden),
    fc.oneof(fc.constant({}), fc.constant({}), fc.constant({}), fc.record({ agents: grants })),
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, Draft>);

const tools: fc.Arbitrary<string> = outlines.chain((entries) => {
  const counters = entries.flatMap((entry) =>
    entry.counters.map((counter) => statePath(entry.name, counter)),
  );
  const printed = entries.map((entry) => {
    const keeping = entry.counters.map((counter) => arbitraryRule({ counters, counter }));
    const others = fc.array(arbitraryRule({ counters, counter: null }), { maxLength: 3 - keeping.length });
    return fc
      .tuple(fc.tuple(...keeping), others)
      .map((rules) => printEntry(entry.name, rules.flat().map(nameApart)));
  });
  return fc.tuple(...printed).map((parts) => parts.join(''));
});

function statePath(tool: string, counter: string): string {
  if (tool === '*') return `state._global.${counter}`;
  return /^[\w/:.]+$/.test(tool) ? `state.${tool}.${counter}` : `state["${tool}"].${counter}`;
}

/** Names are used once in an entry, and a counter without a name of its own belongs to the first rule. */
function nameApart(rule: Draft, index: number): Draft {
  const { name, ...rest } = rule as Record<string, Draft>;
  if (name === undefined && index === 0) return rest;
  if (name === undefined && !('rate_limit' in rest) && !('spend' in rest)) return rest;
  return { name: `${name ?? 'rule'} ${index}`, ...rest };
}

function printEntry(name: string, rules: readonly Draft[]): string {
  const printed = rules.map((rule) => {
    const [first, ...rest] = Object.entries(rule as Record<string, Draft>).map(
      ([key, value]) => `${key}: ${printDraft(value)}\n`,
    );
    return `      - ${first}${rest.map((line) => `        ${line}`).join('')}`;
  });
  return `  ${JSON.stringify(name)}:\n    rules:${rules.length === 0 ? ' []' : ''}\n${printed.join('')}`;
}

/** A policy for the server `server`, in a file of that name; those that the checks refuse are left out. */
export function arbitraryPolicy(server: string): fc.Arbitrary<PolicyText> {
  const name = `${server}.yaml`;
  return fc
    .tuple(head, tools)
    .map(([keys, entries]) => {
      const lines = Object.entries(keys).map(([key, value]) => `${key}: ${printDraft(value)}\n`);
      return `version: "1"\nserver: ${server}\n${lines.join('')}tools:${entries === '' ? ' {}' : ''}\n${entries}`;
    })
    .map((text) => ({ name, text, ...readPolicies([{ name, text }], {}) }))
    .filter(({ diagnostics }) => diagnostics.length === 0)
    .map(({ text, policies: [policy] }) => {
      if (policy === undefined) throw new Error(`no policy in ${text}`);
      return { name, text, policy };
    });
}
