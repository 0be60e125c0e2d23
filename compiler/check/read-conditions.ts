// Reads conditions: a path, an operator, and a value that the operator can compare.
import type { Condition, ConditionPath, Literal, Operator } from '../model/policy.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { CONDITION_KEYS, OPERATORS, WEEKDAYS } from '../schema/grammar.ts';
import { parseConditionPath } from './parse-path.ts';
import type { PolicyUses } from './policy-uses.ts';
import {
  describe,
  type KeyedEntry,
  missingKey,
  readList,
  readLiteral,
  readMembers,
  readText,
  readWord,
} from './read-values.ts';
import type { Scope } from './report.ts';

const ORDER: readonly Operator[] = ['lt', 'lte', 'gt', 'gte'];

export function readConditions(node: YamlNode, scope: Scope, uses: PolicyUses): Condition[] {
  return (readList(node, scope) ?? []).flatMap((item) => readCondition(item.node, item.scope, uses) ?? []);
}

function readCondition(node: YamlNode, scope: Scope, uses: PolicyUses): Condition | undefined {
  const members = readMembers(node, scope, CONDITION_KEYS);
  if (members === undefined) return undefined;
  const { path: pathEntry, op: opEntry, value: valueEntry } = members;
  if (pathEntry === undefined) missingKey(node, scope, 'path');
  if (opEntry === undefined) missingKey(node, scope, 'op');
  const path = pathEntry === undefined ? undefined : readPath(pathEntry);
  const op = opEntry === undefined ? undefined : readWord(opEntry.value, opEntry.scope, OPERATORS);
  if (op !== undefined && op !== 'exists' && valueEntry === undefined) missingKey(node, scope, 'value');
  if (path?.root === 'state' && pathEntry !== undefined)
    uses.counters.push({ counter: path, position: pathEntry.value.position, scope: pathEntry.scope });
  if (path === undefined || pathEntry === undefined || op === undefined) return undefined;
  const value = valueEntry === undefined ? true : readLiteral(valueEntry.value);
  if (valueEntry !== undefined && !checkValue({ path, op, value }, valueEntry)) return undefined;
  if (op === 'regex' && typeof value === 'string' && valueEntry !== undefined) {
    uses.patterns.push({ pattern: value, position: valueEntry.value.position, path: valueEntry.scope.path });
  }
  return {
    path,
    pathText: readText(pathEntry.value, pathEntry.scope) ?? '',
    op,
    value,
    position: node.position,
  };
}

function readPath({ value, scope }: KeyedEntry): ConditionPath | undefined {
  const text = readText(value, scope);
  if (text === undefined) return undefined;
  const parsed = parseConditionPath(text);
  if (parsed.ok) return parsed.path;
  scope.problem('bad-path', value.position, parsed.problem, parsed.suggestion);
  return undefined;
}

interface Comparison {
  readonly path: ConditionPath;
  readonly op: Operator;
  readonly value: Literal;
}

/** Reports a value that the operator could never compare with what stands at the path. */
function checkValue(comparison: Comparison, { value: node, scope }: KeyedEntry): boolean {
  const wanted = wantedValue(comparison);
  if (wanted !== null)
    scope.problem('bad-value', node.position, `${comparison.op} needs ${wanted}, not ${describe(node)}`);
  return wanted === null;
}

/** What is wanted instead, or null where all is well. */
function wantedValue({ path, op, value }: Comparison): string | null {
  if (op === 'exists') return typeof value === 'boolean' ? null : 'true or false';
  if (op === 'regex') return typeof value === 'string' ? null : 'an RE2 expression';
  if (op === 'in' || op === 'not_in') {
    if (!Array.isArray(value) || value.length === 0) return 'a list of values';
    const wrong = value.map((item) => wantedAt(path, item)).find((wanted) => wanted !== null);
    return wrong === undefined ? null : `a list of values that are each ${wrong}`;
  }
  if (ORDER.includes(op) && !isDate(path) && !isNumber(value)) return 'a number';
  return op === 'contains' ? null : wantedAt(path, value);
}

/** Where the type of what stands at the path is known. */
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
  if (field === 'weekday') {
    return WEEKDAYS.some((day) => day === value) ? null : `one of ${WEEKDAYS.join(', ')}`;
  }
  if (field === 'date')
    return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
      ? null
      : 'a date such as "2026-11-22"';
  const isMinute = isNumber(value) && /^\d+$/.test(value.number) && Number(value.number) < 1440;
  return isMinute ? null : 'a minute of the day, 0 to 1439';
}

function isDate(path: ConditionPath): boolean {
  return path.root === 'clock' && path.field === 'date';
}

function isNumber(value: Literal): value is { number: string } {
  return typeof value === 'object' && value !== null && 'number' in value;
}
