// Literals of a policy: as Rego, by JSON type, and as words for people.
import type { Literal } from '../../model/policy.ts';
import { quoteText } from './rego-text.ts';

/** As Rego's `type_name` calls them. */
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

const TYPE_TESTS: Readonly<Record<JsonType, string>> = {
  null: 'is_null',
  boolean: 'is_boolean',
  number: 'is_number',
  string: 'is_string',
  array: 'is_array',
  object: 'is_object',
};

export function printLiteral(literal: Literal): string {
  if (literal === null || typeof literal === 'boolean') return String(literal);
  if (typeof literal === 'string') return quoteText(literal);
  if (isList(literal)) return `[${literal.map(printLiteral).join(', ')}]`;
  if ('number' in literal) return literal.number;
  return `{${literal.object.map(([key, value]) => `${quoteText(key)}: ${printLiteral(value)}`).join(', ')}}`;
}

export function jsonType(literal: Literal): JsonType {
  if (literal === null) return 'null';
  if (typeof literal === 'boolean') return 'boolean';
  if (typeof literal === 'string') return 'string';
  if (isList(literal)) return 'array';
  return 'number' in literal ? 'number' : 'object';
}

/** `is_string(value)`; true of nothing that is missing. */
export function printTypeTest(value: string, type: JsonType): string {
  return `${TYPE_TESTS[type]}(${value})`;
}

export function printTypesTest(value: string, types: readonly JsonType[]): string {
  const [only, ...others] = new Set(types);
  if (only !== undefined && others.length === 0) return printTypeTest(value, only);
  return `type_name(${value}) in {${[...new Set(types)].map(quoteText).join(', ')}}`;
}

/** What a text without quotes would be taken for. */
const OTHER_TYPE = /^(true|false|null|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/;

/** Names bare, other texts in quotes: an agent that sent `true` must not be told that it must be true. */
export function describeLiteral(literal: Literal): string {
  if (literal === null || typeof literal === 'boolean') return String(literal);
  if (typeof literal === 'string')
    return /^[\p{L}\p{N}_.:/@+-]+$/u.test(literal) && !OTHER_TYPE.test(literal)
      ? literal
      : JSON.stringify(literal);
  if (isList(literal)) return `[${literal.map(describeLiteral).join(', ')}]`;
  if ('number' in literal) return literal.number;
  return `{${literal.object.map(([key, value]) => `${key}: ${describeLiteral(value)}`).join(', ')}}`;
}

const LISTED_MAX = 20;

/** `GBP, USD, EUR`, cut off where it would fill the agent's context. */
export function describeList(literals: readonly Literal[]): string {
  const shown = literals.slice(0, LISTED_MAX).map(describeLiteral).join(', ');
  return literals.length > LISTED_MAX ? `${shown} and ${literals.length - LISTED_MAX} more` : shown;
}

/** A literal that is an array; TypeScript's own test does not narrow readonly arrays. */
export function isList(literal: Literal): literal is readonly Literal[] {
  return Array.isArray(literal);
}
