// Says which operators and values can be compared with what stands at a path, where its type is known.
import type { ConditionPath, Literal, Operator } from '../model/policy.ts';
import { OPERATORS, WEEKDAYS } from '../schema/grammar.ts';

export interface Comparison {
  readonly path: ConditionPath;
  readonly op: Operator;
  readonly value: Literal;
}

const EQUALITY: readonly Operator[] = ['eq', 'neq', 'in', 'not_in'];
const ORDER: readonly Operator[] = ['lt', 'lte', 'gt', 'gte'];
const TEXT: readonly Operator[] = ['regex', 'contains'];

/** Operators that can hold for one value and not for another; `exists` always may be asked. */
export function wantedOperators(path: ConditionPath): readonly Operator[] {
  switch (path.root) {
    case 'args':
    case 'agent.claims':
      return OPERATORS;
    case 'agent.id':
    case 'session':
      return [...EQUALITY, ...TEXT, 'exists'];
    case 'state':
      return [...EQUALITY, ...ORDER, 'exists'];
    case 'clock':
      return path.field === 'weekday' ? [...EQUALITY, 'exists'] : [...EQUALITY, ...ORDER, 'exists'];
  }
}

/** What is wanted instead of the value, or null where all is well. The operator fits the path. */
export function wantedValue({ path, op, value }: Comparison): string | null {
  if (op === 'exists') return typeof value === 'boolean' ? null : 'true or false';
  if (op === 'regex') return typeof value === 'string' ? null : 'an RE2 expression';
  if (op === 'in' || op === 'not_in') return wantedList(path, value);
  const wanted = wantedAt(path, value);
  return wanted === null && ORDER.includes(op) && !isDate(path) && !isNumber(value) ? 'a number' : wanted;
}

function wantedList(path: ConditionPath, value: Literal): string | null {
  if (!Array.isArray(value) || value.length === 0) return 'a list of values';
  const wrong = value.map((item) => wantedAt(path, item)).find((wanted) => wanted !== null);
  return wrong === undefined ? null : `a list of values that are each ${wrong}`;
}

function wantedAt(path: ConditionPath, value: Literal): string | null {
  switch (path.root) {
    case 'agent.id':
    case 'session':
      return typeof value === 'string' ? null : 'a text';
    case 'state':
      return isNumber(value) ? null : 'a number';
    case 'clock':
      return wantedOnClock(path.field, value);
    default:
      return null;
  }
}

function wantedOnClock(field: string, value: Literal): string | null {
  if (field === 'weekday')
    return WEEKDAYS.some((day) => day === value) ? null : `one of ${WEEKDAYS.join(', ')}`;
  if (field === 'date') return isCalendarDate(value) ? null : 'a date such as "2026-11-22"';
  const isMinute = isNumber(value) && /^\d+$/.test(value.number) && Number(value.number) < 1440;
  return isMinute ? null : 'a minute of the day, 0 to 1439';
}

function isCalendarDate(value: Literal): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function isDate(path: ConditionPath): boolean {
  return path.root === 'clock' && path.field === 'date';
}

function isNumber(value: Literal): value is { number: string } {
  return typeof value === 'object' && value !== null && 'number' in value;
}
