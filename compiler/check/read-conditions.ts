// Reads conditions: a path, an operator, and a value that the operator can compare.
import type { Condition, ConditionPath, Literal, Operator } from '../model/policy.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { CONDITION_KEYS, OPERATORS, WEEKDAYS } from '../schema/grammar.ts';
import { wantedOperators, wantedValue } from './check-comparison.ts';
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
import { suggestNearest } from './suggest.ts';

export function readConditions(node: YamlNode, scope: Scope, uses: PolicyUses): Condition[] {
  const items = readList(node, scope) ?? [];
  if (node.kind === 'list' && items.length === 0)
    scope.problem('bad-value', node.position, 'there is no condition in this list', 'leave the key out');
  return items.flatMap((item) => readCondition(item.node, item.scope, uses) ?? []);
}

function readCondition(node: YamlNode, scope: Scope, uses: PolicyUses): Condition | undefined {
  const members = readMembers(node, scope, CONDITION_KEYS);
  if (members === undefined) return undefined;
  const pathText = members.path && readText(members.path.value, members.path.scope);
  const path = members.path && pathText !== undefined ? readPath(members.path, pathText, uses) : undefined;
  const op = members.op && readWord(members.op.value, members.op.scope, OPERATORS);
  if (members.path === undefined) missingKey(node, scope, 'path');
  if (members.op === undefined) missingKey(node, scope, 'op');
  else if (op !== undefined && path !== undefined && !isOperatorFit(members.op, op, path)) return undefined;
  if (op === undefined) return undefined;
  if (op !== 'exists' && members.value === undefined) missingKey(node, scope, 'value');
  const value = members.value === undefined ? true : readOperand(members.value, { op, path, uses });
  if (path === undefined || pathText === undefined || value === undefined) return undefined;
  return { path, pathText, op, value, position: node.position };
}

function readPath({ value, scope }: KeyedEntry, text: string, uses: PolicyUses): ConditionPath | undefined {
  const parsed = parseConditionPath(text);
  if (!parsed.ok) {
    scope.problem('bad-path', value.position, parsed.problem, parsed.suggestion);
    return undefined;
  }
  const { path } = parsed;
  if (path.root === 'state') uses.counters.push({ counter: path, position: value.position, scope });
  return path;
}

function isOperatorFit({ value, scope }: KeyedEntry, op: Operator, path: ConditionPath): boolean {
  const wanted = wantedOperators(path);
  if (wanted.includes(op)) return true;
  const message = `${op} cannot compare what stands at this path`;
  scope.problem('contradiction', value.position, message, `it takes ${wanted.join(', ')}`);
  return false;
}

interface OperandUse {
  readonly op: Operator;
  /** undefined: reported; what the operator needs by itself is checked all the same. */
  readonly path: ConditionPath | undefined;
  readonly uses: PolicyUses;
}

/** Reports a value that the operator could never compare with what stands at the path. */
function readOperand({ value: node, scope }: KeyedEntry, use: OperandUse): Literal | undefined {
  const { op, path = { root: 'args', steps: [] }, uses } = use;
  const value = readLiteral(node, scope);
  const wanted = wantedValue({ path, op, value });
  if (wanted !== null) {
    const day = path.root === 'clock' && typeof value === 'string' ? value : '';
    const message = `${op} needs ${wanted}, not ${describe(node)}`;
    scope.problem('bad-value', node.position, message, suggestNearest(day, WEEKDAYS));
    return undefined;
  }
  if (op === 'regex' && typeof value === 'string')
    uses.patterns.push({ pattern: value, position: node.position, path: scope.path });
  return value;
}
