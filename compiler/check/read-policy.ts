// Reads one policy file into what it says by itself; what several files say together is checked afterwards.
import type { RegoFile, RegoSource } from '../model/custom-rego.ts';
import type { CustomCounter, NamePattern, Rule, ToolEntry } from '../model/policy.ts';
import { quoteText } from '../parse/quote-text.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { AGENT_KEYS, ENTRY_KEYS, POLICY_KEYS } from '../schema/grammar.ts';
import { claimCounters } from './check-counters.ts';
import type { CounterUse, PatternUse, PolicyUses } from './policy-uses.ts';
import { readCustomCounters, readRego } from './read-custom.ts';
import { checkPattern, type Placed, readPatterns } from './read-names.ts';
import { readRule } from './read-rule.ts';
import {
  type KeyedEntry,
  missingKey,
  readList,
  readMembers,
  readNamed,
  readText,
  readWord,
} from './read-values.ts';
import type { Scope } from './report.ts';

export interface GrantRead {
  readonly agent: NamePattern;
  readonly tools: ReadonlyArray<Placed<NamePattern>>;
}

export interface PolicyPart {
  readonly file: string;
  /** null: not said. */
  readonly server: Placed<string> | null;
  readonly description: string | null;
  /** null: not said. */
  readonly default: Placed<'allow' | 'deny'> | null;
  readonly hide: ReadonlyArray<Placed<NamePattern>>;
  readonly agents: ReadonlyArray<Placed<GrantRead>> | null;
  readonly tools: ReadonlyArray<Placed<ToolEntry>>;
  readonly counterUses: readonly CounterUse[];
  /** null: no hand-written Rego. */
  readonly rego: readonly RegoFile[] | null;
  readonly counters: ReadonlyArray<Placed<CustomCounter>>;
}

export function readPolicyPart(
  file: string,
  node: YamlNode,
  { scope, patterns, rego }: PartToRead,
): PolicyPart | undefined {
  const members = readMembers(node, scope, POLICY_KEYS);
  if (members === undefined) return undefined;
  if (members.version === undefined) missingKey(node, scope, 'version');
  else readVersion(members.version);
  const uses: PolicyUses = { patterns, counters: [] };
  const outcome =
    members.default && readWord(members.default.value, members.default.scope, ['deny', 'allow']);
  return {
    file,
    server: members.server === undefined ? null : readServer(members.server),
    description:
      members.description === undefined
        ? null
        : (readText(members.description.value, members.description.scope) ?? null),
    default: members.default === undefined || outcome === undefined ? null : placed(outcome, members.default),
    hide: members.hide === undefined ? [] : readPatterns(members.hide.value, members.hide.scope),
    agents: members.agents === undefined ? null : readAgents(members.agents),
    tools: members.tools === undefined ? [] : readTools(members.tools, uses),
    counterUses: uses.counters,
    rego: members.rego === undefined ? null : readRego(members.rego, rego),
    counters: members.counters === undefined ? [] : readCustomCounters(members.counters),
  };
}

export interface PartToRead {
  readonly scope: Scope;
  readonly patterns: PatternUse[];
  readonly rego: readonly RegoSource[];
}

function placed<T>(value: T, { keyPosition, scope }: KeyedEntry): Placed<T> {
  return { value, position: keyPosition, scope };
}

function readVersion({ value, scope }: KeyedEntry): void {
  const version = value.kind === 'scalar' ? value.value : null;
  const isOne = version === '1' || (value.kind === 'scalar' && value.source === '1');
  if (!isOne)
    scope.problem('bad-value', value.position, 'the version of this language is "1"', 'write version: "1"');
}

function readServer(entry: KeyedEntry): Placed<string> | null {
  const { value: node, scope } = entry;
  const text = readText(node, scope);
  if (text === undefined) return null;
  const pattern = checkPattern(text, 'server', { position: node.position, scope });
  if (pattern?.isGlob)
    scope.problem('bad-name', node.position, `${quoteText(text)} is a glob; a server has one name`);
  return placed(text, entry);
}

function readAgents({ value, scope }: KeyedEntry): Placed<GrantRead>[] {
  return readNamed(value, scope).flatMap(({ key, keyPosition, value: node, scope: below }) => {
    const agent = checkPattern(key, 'agent', { position: keyPosition, scope: below });
    const members = readMembers(node, below, AGENT_KEYS);
    if (members === undefined) return [];
    if (members.tools === undefined) missingKey(node, below, 'tools');
    if (agent === undefined || members.tools === undefined) return [];
    const tools = readPatterns(members.tools.value, members.tools.scope);
    return [{ value: { agent, tools }, position: keyPosition, scope: below }];
  });
}

function readTools({ value, scope }: KeyedEntry, uses: PolicyUses): Placed<ToolEntry>[] {
  return readNamed(value, scope).flatMap(({ key, keyPosition, value: node, scope: below }) => {
    const name = checkPattern(key, 'tool', { position: keyPosition, scope: below });
    const members = readMembers(node, below, ENTRY_KEYS);
    if (members !== undefined && members.rules === undefined) {
      below.problem(
        'missing-key',
        keyPosition,
        '"rules" is missing here',
        'to list the tool without rules write rules: []',
      );
    }
    const rules = members?.rules === undefined ? [] : readRules(key, members.rules, uses);
    return name === undefined
      ? []
      : [{ value: { name, rules, position: keyPosition }, position: keyPosition, scope: below }];
  });
}

function readRules(tool: string, { value, scope }: KeyedEntry, uses: PolicyUses): Rule[] {
  const ids = new Set<string>();
  const owners = new Map<string, string>();
  return (readList(value, scope) ?? []).flatMap(({ node, scope: below }, position) => {
    const rule = readRule(node, below, { tool, index: position + 1, uses });
    if (rule === undefined) return [];
    if (ids.has(rule.id)) {
      const message = `the rule ${rule.id} stands twice`;
      below.problem('duplicate-name', rule.position, message, 'give each rule a name of its own');
    }
    ids.add(rule.id);
    claimCounters(rule, { tool, owners, scope: below });
    return [rule];
  });
}
