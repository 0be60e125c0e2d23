// Reads what a policy says of its hand-written Rego: which files it names, and what they may count.
import type { RegoFile, RegoSource } from '../model/custom-rego.ts';
import type { CustomCounter } from '../model/policy.ts';
import { parseYaml } from '../parse/parse-yaml.ts';
import { quoteText } from '../parse/quote-text.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { COUNTER_KEYS, WINDOWS } from '../schema/grammar.ts';
import { readCounterName, readPer } from './read-limits.ts';
import type { Placed } from './read-names.ts';
import {
  type KeyedEntry,
  missingKey,
  readBoolean,
  readList,
  readMembers,
  readNamed,
  readText,
  readWord,
} from './read-values.ts';
import { createScope } from './report.ts';

/** The items of `rego`, for the host to read; none where the file cannot be parsed. Never throws. */
export function listRego(name: string, text: string): string[] {
  const { root } = parseYaml(name, text);
  const node = root?.kind === 'map' ? root.entries.find(({ key }) => key === 'rego')?.value : undefined;
  const items = node?.kind === 'list' ? node.items : [];
  return items.flatMap((item) => readText(item, createScope([])) ?? []);
}

/** `sources` stand behind the items. */
export function readRego({ value, scope }: KeyedEntry, sources: readonly RegoSource[]): RegoFile[] {
  const items = readList(value, scope) ?? [];
  if (value.kind === 'list' && items.length === 0)
    scope.problem(
      'bad-value',
      value.position,
      'no file is named here',
      'name files or folders, or leave rego out',
    );
  return items.flatMap(({ node, scope: below }) => {
    const listed = readText(node, below);
    if (listed === undefined) return [];
    const source = sources.find((one) => one.listed === listed);
    const fault = source === undefined ? 'cannot be read here' : source.fault;
    if (fault !== null) below.problem('rego-missing', node.position, `${quoteText(listed)} ${fault}`);
    return source?.files ?? [];
  });
}

export function readCustomCounters({ value, scope }: KeyedEntry): Placed<CustomCounter>[] {
  return readNamed(value, scope).flatMap(({ key, keyPosition, value: node, scope: below }) => {
    const name = readCounterName({ keyPosition, value: nameNode(key, keyPosition), scope: below });
    const members = readMembers(node, below, COUNTER_KEYS);
    if (members === undefined) return [];
    if (members.window === undefined) missingKey(node, below, 'window');
    const window = members.window && readWord(members.window.value, members.window.scope, WINDOWS);
    const sliding =
      members.sliding === undefined ? false : readBoolean(members.sliding.value, members.sliding.scope);
    const per = readPer(members.per);
    if (name === undefined || window === undefined || sliding === undefined || per === undefined) return [];
    const counter = { name, window, sliding, per, position: keyPosition };
    return [{ value: counter, position: keyPosition, scope: below }];
  });
}

/** A key as a text of its own, for what reads texts. */
function nameNode(key: string, position: KeyedEntry['keyPosition']): YamlNode {
  return { kind: 'scalar', position, value: key, source: key };
}
