// JSON values as the reference evaluator sees them: their types, when two are equal, and what stands at a path.
import type { ArgumentPath, Literal, PathStep } from '../../compiler/model/policy.ts';
import { type JsonNode, JsonNumber } from '../../src/policy/arguments/json-node.ts';
import { compareDecimals } from './decimal.ts';

export type JsonType = 'null' | 'boolean' | 'string' | 'number' | 'array' | 'object';

export function typeOf(value: JsonNode): JsonType {
  if (value === null) return 'null';
  if (value instanceof JsonNumber) return 'number';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'object';
  return typeof value === 'string' ? 'string' : 'boolean';
}

export function isEqual(a: JsonNode, b: JsonNode): boolean {
  if (a instanceof JsonNumber && b instanceof JsonNumber) return compareDecimals(a.text, b.text) === 0;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index] ?? null));
  if (a instanceof Map && b instanceof Map)
    return (
      a.size === b.size && [...a].every(([key, value]) => b.has(key) && isEqual(value, b.get(key) ?? null))
    );
  return a === b;
}

export function readLiteral(literal: Literal): JsonNode {
  if (literal === null || typeof literal !== 'object') return literal;
  if ('number' in literal) return new JsonNumber(literal.number);
  if ('object' in literal) return new Map(literal.object.map(([key, value]) => [key, readLiteral(value)]));
  return (literal as readonly Literal[]).map(readLiteral);
}

/** `mistyped`: something that is no array stands where the path has `[*]`. */
export type Found =
  | { readonly kind: 'value'; readonly value: JsonNode }
  | { readonly kind: 'missing' | 'mistyped' };

/** One for each element that the path names; none where it runs through an empty array. */
export function locate(root: JsonNode | undefined, path: ArgumentPath): readonly Found[] {
  const [step, ...rest] = path;
  if (root === undefined) return [{ kind: 'missing' }];
  if (step === undefined) return [{ kind: 'value', value: root }];
  if (typeof step === 'string') return locate(memberOf(root, step), rest);
  return Array.isArray(root) ? root.flatMap((item) => locate(item, rest)) : [{ kind: 'mistyped' }];
}

/** For paths without `[*]`; undefined where nothing stands there. */
export function valueAt(root: JsonNode, path: readonly PathStep[]): JsonNode | undefined {
  const [found] = locate(root, path);
  return found?.kind === 'value' ? found.value : undefined;
}

function memberOf(value: JsonNode, name: string): JsonNode | undefined {
  return value instanceof Map ? value.get(name) : undefined;
}
