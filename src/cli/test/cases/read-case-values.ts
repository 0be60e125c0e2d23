// Values that stand in several places of a cases file.
import {
  describe,
  mistyped,
  readList,
  readMap,
  readNamed,
  readText,
  readWhole,
} from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { Position } from '../../../../compiler/model/policy.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import { type JsonNode, JsonNumber, type JsonObject } from '../../../policy/json-node.ts';

/** Numbers as they are written, so that `500.00` reaches the policy as a client would send it. */
function jsonOf(node: YamlNode): JsonNode {
  switch (node.kind) {
    case 'list':
      return node.items.map(jsonOf);
    case 'map':
      return new Map(node.entries.map(({ key, value }) => [key, jsonOf(value)]));
    case 'scalar': {
      const { value, source } = node;
      return typeof value === 'object' && value !== null ? new JsonNumber(source) : value;
    }
  }
}

export function readJsonObject(node: YamlNode, scope: Scope): JsonObject | undefined {
  const map = readMap(node, scope);
  return map === undefined ? undefined : new Map(map.entries.map(({ key, value }) => [key, jsonOf(value)]));
}

/** Counters or charges by key. */
export function readAmounts(
  node: YamlNode,
  scope: Scope,
): ReadonlyArray<{ readonly key: string; readonly value: number; readonly position: Position }> {
  return readNamed(node, scope).flatMap(({ key, keyPosition, value, scope: at }) => {
    const amount = readWhole(value, at, 0);
    return amount === undefined ? [] : [{ key, value: amount, position: keyPosition }];
  });
}

/** At least one text. */
export function readTextList(node: YamlNode, scope: Scope): string[] | undefined {
  const texts = readList(node, scope)?.map((item) => readText(item.node, item.scope));
  if (texts === undefined || texts.includes(undefined)) return undefined;
  return texts as string[];
}

export function readNames(node: YamlNode, scope: Scope): string[] | undefined {
  const names = readTextList(node, scope);
  return names?.length === 0 ? mistyped(node, scope, 'a list of at least one name') : names;
}

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/;

/** Unix milliseconds. */
export function readTime(node: YamlNode, scope: Scope): number | undefined {
  const text = readText(node, scope);
  if (text === undefined) return undefined;
  const atMs = TIME.test(text) ? Date.parse(text) : Number.NaN;
  // The engine takes the 30th of February for the 2nd of March.
  if (!Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text.slice(0, 10))) return atMs;
  const message = `${describe(node)} is not a time in UTC`;
  scope.problem('bad-value', node.position, message, 'write it as 2026-11-22T15:04:00Z');
  return undefined;
}
