// The value that a condition compares with: as Rego, and which types it can be compared with at all.
import type { Condition, Literal, Operator } from '../../model/policy.ts';
import { isList, jsonType, printTypeTest } from '../print/literal.ts';
import { quotePattern } from '../print/rego-text.ts';

type Comparison = Extract<Operator, 'lt' | 'lte' | 'gt' | 'gte'>;

const COMPARISONS: Readonly<Record<Comparison, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };
const REVERSED: Readonly<Record<Comparison, string>> = { lt: '>=', lte: '>', gt: '<=', gte: '<' };

export function numericOperator(op: Comparison): string {
  return COMPARISONS[op];
}

export function reversedOperator(op: Comparison): string {
  return REVERSED[op];
}

/** The list of `in` and `not_in`. */
export function listOf(value: Literal): readonly Literal[] {
  return isList(value) ? value : [value];
}

export function patternOf(value: Condition['value']): string {
  if (typeof value !== 'string') throw new Error('a regex condition needs a text');
  return quotePattern(value);
}

/** Values of one type compare only with their like; null is a value of its own that any other differs from. */
export function printComparable(text: string, value: Literal): readonly string[] {
  return value === null ? [] : [printTypeTest(text, jsonType(value))];
}
