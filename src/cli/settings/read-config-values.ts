// Steps that the readers of regent.yaml share.
import { describe, type Members, mistyped, readList, readText } from '../../../compiler/check/read-values.ts';
import type { Scope } from '../../../compiler/check/report.ts';
import type { YamlNode } from '../../../compiler/parse/yaml-node.ts';
import type { KeyTable } from '../../../compiler/schema/grammar.ts';
import { type TextReader, tellProblem } from './read-setting.ts';
import type { Settings } from './settings.ts';

/** How each key of a table becomes settings. */
export type Fields<T extends KeyTable> = {
  readonly [K in keyof T]: (value: YamlNode, scope: Scope) => Settings;
};

export function readFields<T extends KeyTable>(members: Members<T> | undefined, fields: Fields<T>): Settings {
  const all = Object.keys(members ?? {}).map((key: keyof T) => {
    const entry = members?.[key];
    return entry === undefined ? {} : fields[key](entry.value, entry.scope);
  });
  return Object.assign({}, ...all) as Settings;
}

/** One setting; none where the value was no good. */
export function settingOf<K extends keyof Settings, T extends NonNullable<Settings[K]>>(
  key: K,
  value: T | undefined,
  change: (value: T) => T = (same) => same,
): Settings {
  return value === undefined ? {} : { [key]: change(value) };
}

/** A text, or a number by its digits, as a reader of flags takes it. */
export function readWith<T>(node: YamlNode, scope: Scope, read: TextReader<T>): T | undefined {
  const isNumber = node.kind === 'scalar' && typeof node.value === 'object' && node.value !== null;
  const text = isNumber ? node.source : readText(node, scope);
  if (text === undefined) return undefined;
  const result = read(text);
  if ('value' in result) return result.value;
  scope.problem('bad-value', node.position, tellProblem(describe(node), result));
  return undefined;
}

/** A text, or a list of at least one. */
export function readTexts(node: YamlNode, scope: Scope): string[] | undefined {
  if (node.kind === 'scalar') {
    const text = readText(node, scope);
    return text === undefined ? undefined : [text];
  }
  const texts = readList(node, scope)?.map((item) => readText(item.node, item.scope));
  if (texts === undefined || texts.includes(undefined)) return undefined;
  if (texts.length === 0) return mistyped(node, scope, 'a list of at least one text');
  return texts as string[];
}
