// Reads one policy file into what it says by itself; what several files say together is checked afterwards.
import type { AgentGrant, NamePattern, Position, Rule, ToolEntry } from '../model/policy.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { AGENT_KEYS, ENTRY_KEYS, POLICY_KEYS } from '../schema/grammar.ts';
import type { PatternUse } from './pattern-use.ts';
import { checkPattern, readPatterns } from './read-names.ts';
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

/** A name with the place of its key. */
export interface Placed<T> {
  readonly value: T;
  readonly position: Position;
  readonly scope: Scope;
}

export interface PolicyPart {
  readonly file: string;
  readonly server: Placed<string>;
  readonly description: string | null;
  /** null: not said. */
  readonly default: Placed<'allow' | 'deny'> | null;
  readonly hide: ReadonlyArray<Placed<NamePattern>>;
  readonly agents: ReadonlyArray<Placed<AgentGrant>> | null;
  readonly tools: ReadonlyArray<Placed<ToolEntry>>;
}

const DEFAULT_SERVER = 'main';

export function readPolicyPart(
  file: string,
  node: YamlNode,
  { scope, patterns }: PartToRead,
): PolicyPart | undefined {
  const members = readMembers(node, scope, POLICY_KEYS);
  if (members === undefined) return undefined;
  if (members.version === undefined) missingKey(node, scope, 'version');
  else readVersion(members.version);
  const outcome =
    members.default && readWord(members.default.value, members.default.scope, ['deny', 'allow']);
  return {
    file,
    server: readServer(members.server, node, scope),
    description:
      members.description === undefined
        ? null
        : (readText(members.description.value, members.description.scope) ?? null),
    default: members.default === undefined || outcome === undefined ? null : placed(outcome, members.default),
    hide: members.hide === undefined ? [] : readHidden(members.hide),
    agents: members.agents === undefined ? null : readAgents(members.agents),
    tools: members.tools === undefined ? [] : readTools(members.tools, patterns),
  };
}

export interface PartToRead {
  readonly scope: Scope;
  readonly patterns: PatternUse[];
}

function placed<T>(value: T, { keyPosition, scope }: KeyedEntry): Placed<T> {
  return { value, position: keyPosition, scope };
}

function readVersion({ value, scope }: KeyedEntry): void {
  const isOne = value.kind === 'scalar' && value.source.replace(/["']/g, '') === '1';
  if (!isOne)
    scope.problem('bad-value', value.position, 'the version of this language is "1"', 'write version: "1"');
}

function readServer(entry: KeyedEntry | undefined, node: YamlNode, scope: Scope): Placed<string> {
  if (entry === undefined) return { value: DEFAULT_SERVER, position: node.position, scope };
  const { value: nameNode, scope: below } = entry;
  const text = readText(nameNode, below);
  const pattern =
    text === undefined
      ? undefined
      : checkPattern(text, 'tool', { position: nameNode.position, scope: below });
  if (pattern?.isGlob)
    below.problem('bad-name', nameNode.position, `${JSON.stringify(text)} is a glob; a server has one name`);
  return placed(text ?? DEFAULT_SERVER, entry);
}

function readHidden({ value, scope }: KeyedEntry): Placed<NamePattern>[] {
  const positions = value.kind === 'list' ? value.items.map(({ position }) => position) : [];
  return readPatterns(value, scope).map((pattern, index) => ({
    value: pattern,
    position: positions[index] ?? value.position,
    scope,
  }));
}

function readAgents({ value, scope }: KeyedEntry): Placed<AgentGrant>[] {
  return readNamed(value, scope).flatMap(({ key, keyPosition, value: node, scope: below }) => {
    const agent = checkPattern(key, 'agent', { position: keyPosition, scope: below });
    const members = readMembers(node, below, AGENT_KEYS);
    if (members === undefined) return [];
    if (members.tools === undefined) missingKey(node, below, 'tools');
    if (agent === undefined || members.tools === undefined) return [];
    const tools = readPatterns(members.tools.value, members.tools.scope);
    return [{ value: { agent, tools }, position: keyPosition, scope: members.tools.scope }];
  });
}

function readTools({ value, scope }: KeyedEntry, patterns: PatternUse[]): Placed<ToolEntry>[] {
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
    const rules = members?.rules === undefined ? [] : readRules(key, members.rules, patterns);
    return name === undefined
      ? []
      : [{ value: { name, rules, position: keyPosition }, position: keyPosition, scope: below }];
  });
}

function readRules(tool: string, { value, scope }: KeyedEntry, patterns: PatternUse[]): Rule[] {
  const names = new Set<string>();
  return (readList(value, scope) ?? []).flatMap(({ node, scope: below }, position) => {
    const rule = readRule(node, below, { tool, index: position + 1, patterns });
    if (rule === undefined) return [];
    if (names.has(rule.id))
      below.problem(
        'duplicate-name',
        rule.position,
        `the rule ${rule.id} stands twice`,
        'give each rule a name of its own',
      );
    names.add(rule.id);
    return [rule];
  });
}
