// Reads plain values. Each reader reports what is wrong and gives undefined then.
import type { Literal, NumberLiteral, Position } from '../model/policy.ts';
import { quoteText, shortenText } from '../parse/quote-text.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../parse/yaml-node.ts';
import type { KeyTable } from '../schema/grammar.ts';
import type { Scope } from './report.ts';
import { suggestKey, suggestNearest } from './suggest.ts';

const A_TEXT = 'a text';
const A_NUMBER = 'a number';
const A_BOOLEAN = 'true or false';
const A_LIST = 'a list';
const A_MAPPING = 'a mapping';

export interface KeyedEntry {
  readonly keyPosition: Position;
  readonly value: YamlNode;
  readonly scope: Scope;
}

export type Members<T extends KeyTable> = Partial<Record<keyof T, KeyedEntry>>;

/** The members of a mapping by key; keys that the table does not have are reported. */
export function readMembers<T extends KeyTable>(
  node: YamlNode,
  scope: Scope,
  table: T,
): Members<T> | undefined {
  const [onlyKey = '', ...others] = Object.keys(table);
  if (node.kind === 'list' && others.length === 0) {
    scope.problem(
      'wrong-type',
      node.position,
      `a list stands where ${A_MAPPING} is expected`,
      `put it under ${onlyKey}:`,
    );
    return undefined;
  }
  const map = readMap(node, scope);
  if (map === undefined) return undefined;
  const members: Partial<Record<string, KeyedEntry>> = {};
  for (const { key, keyPosition, value } of map.entries) {
    if (Object.hasOwn(table, key)) members[key] = { keyPosition, value, scope: scope.at(key) };
    else
      scope.problem(
        'unknown-key',
        keyPosition,
        `${quoteText(key)} is not a key here`,
        suggestKey(key, table, scope.tables),
      );
  }
  return members as Members<T>;
}

export function readMap(node: YamlNode, scope: Scope): YamlMap | undefined {
  return node.kind === 'map' ? node : mistyped(node, scope, A_MAPPING);
}

/** A mapping whose keys are names, each member with its scope. */
export function readNamed(
  node: YamlNode,
  scope: Scope,
): ReadonlyArray<YamlEntry & { readonly scope: Scope }> {
  return (readMap(node, scope)?.entries ?? []).map((entry) => ({ ...entry, scope: scope.at(entry.key) }));
}

export function readList(
  node: YamlNode,
  scope: Scope,
): ReadonlyArray<{ readonly node: YamlNode; readonly scope: Scope }> | undefined {
  if (node.kind !== 'list') return mistyped(node, scope, A_LIST);
  return node.items.map((item, index) => ({ node: item, scope: scope.at(index) }));
}

export function readText(node: YamlNode, scope: Scope): string | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
  return mistyped(node, scope, A_TEXT);
}

export function readBoolean(node: YamlNode, scope: Scope): boolean | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  return mistyped(node, scope, A_BOOLEAN);
}

export function readNumber(node: YamlNode, scope: Scope): NumberLiteral | undefined {
  const value = node.kind === 'scalar' ? node.value : null;
  if (typeof value === 'object' && value !== null) return value;
  return mistyped(node, scope, A_NUMBER);
}

/** A whole number from `minimum` to 2^53-1. */
export function readWhole(node: YamlNode, scope: Scope, minimum: number): number | undefined {
  const number = readNumber(node, scope);
  if (number === undefined) return undefined;
  const value = /^-?\d+$/.test(number.number) ? Number(number.number) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  scope.problem('bad-value', node.position, `${describe(node)} is not a whole number of at least ${minimum}`);
  return undefined;
}

/** One of a few words. */
export function readWord<T extends string>(node: YamlNode, scope: Scope, words: readonly T[]): T | undefined {
  const text = readText(node, scope);
  if (text === undefined) return undefined;
  const known = words.find((word) => word === text);
  if (known === undefined) {
    const message = `${quoteText(text)} is not one of ${words.join(', ')}`;
    scope.problem('bad-value', node.position, message, suggestNearest(text, words));
  }
  return known;
}

/** Any value, numbers by their digits. */
export function readLiteral(node: YamlNode, scope: Scope): Literal {
  switch (node.kind) {
    case 'scalar':
      // YAML reads null where a dash or a key has lost its value.
      if (node.value === null && node.source === '')
        scope.problem('bad-value', node.position, 'no value stands here', 'write null where null is meant');
      return node.value;
    case 'list':
      return node.items.map((item) => readLiteral(item, scope));
    case 'map':
      return {
        object: node.entries.map(({ key, value }) => [key, readLiteral(value, scope)] as const),
      };
  }
}

export function mistyped(node: YamlNode, scope: Scope, wanted: string): undefined {
  const message = `${describe(node)} stands where ${wanted} is expected`;
  scope.problem('wrong-type', node.position, message, retypeHint(node, wanted));
}

/** How the same would be written in the type that is wanted. */
function retypeHint(node: YamlNode, wanted: string): string | undefined {
  if (node.kind === 'map' && wanted === A_LIST) return 'put "- " before each element';
  if (node.kind !== 'scalar') return undefined;
  const { value, source } = node;
  // Mostly what should stand there is not indented deeply enough.
  if (value === null && wanted === A_MAPPING) return 'indent what belongs to it deeper than its key';
  if (value === null && wanted === A_LIST) return 'write [] for an empty list';
  if (wanted === A_TEXT) return value === null ? undefined : `write it in quotes: ${quoteText(source)}`;
  if (typeof value !== 'string') return undefined;
  if (wanted === A_NUMBER) {
    const digits = plainDigits(value);
    return /^-?\d+(\.\d+)?$/.test(digits) ? `write ${shortenText(digits)}` : undefined;
  }
  if (wanted === A_BOOLEAN && /^(true|yes|on|1)$/i.test(value)) return 'write true';
  if (wanted === A_BOOLEAN && /^(false|no|off|0)$/i.test(value)) return 'write false';
  // A quote that is never closed makes one text of all that follows: nothing to put into brackets.
  const isOneLine = !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(source);
  return wanted === A_LIST && isOneLine ? `write [${listHint(value)}]` : undefined;
}

/** `a, b` was meant as two items; what YAML would read otherwise (`*` is an alias) stands in quotes. */
function listHint(value: string): string {
  const items = shortenText(value).split(/, */);
  return items.map((item) => (/^\w[\w .*?/-]*$/.test(item) ? item : quoteText(item))).join(', ');
}

/** Without what people write into amounts: a currency, and signs between the thousands. */
function plainDigits(text: string): string {
  const amount = text.replace(/^[$€£¥] ?|( ?[$€£¥]| [A-Z]{3})$/gu, '').replaceAll('_', '');
  return /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(amount) ? amount.replaceAll(',', '') : amount;
}

export function describe(node: YamlNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list';
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? quoteText(node.value) : shortenText(node.source);
}

export function missingKey(node: YamlNode, scope: Scope, key: string): undefined {
  scope.problem('missing-key', node.position, `${JSON.stringify(key)} is missing here`);
}
