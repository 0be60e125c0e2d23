// Conditions in the reference evaluator: what holds for sure, and what holds or is in doubt.
import type { Condition, Literal, Operator } from '../../compiler/model/policy.ts';
import { type JsonNode, JsonNumber } from '../../src/policy/arguments/json-node.ts';
import { incrementOf, stateCounterOf } from './counters.ts';
import { compareDecimals } from './decimal.ts';
import type { RuleAtWork } from './reference-call.ts';
import { type Found, isEqual, locate, readLiteral, typeOf } from './values.ts';

type Verdict = 'holds' | 'fails' | 'missing' | 'mistyped';

/** As `conditions` of a rule that evaluates: whatever is missing or mistyped does not hold. */
export function holdsSurely(condition: Condition, at: RuleAtWork): boolean {
  return find(condition, at).every((found) => judge(condition, found) === 'holds');
}

/** As `when`: doubt counts as holding, and so does a missing value where the operator is negative. */
export function mayHold(condition: Condition, at: RuleAtWork): boolean {
  return find(condition, at).every((found) => {
    const verdict = judge(condition, found);
    const isNegative = condition.op === 'neq' || condition.op === 'not_in';
    return verdict === 'holds' || verdict === 'mistyped' || (verdict === 'missing' && isNegative);
  });
}

function find(condition: Condition, at: RuleAtWork): readonly Found[] {
  const { path } = condition;
  const { call } = at;
  switch (path.root) {
    case 'args':
      return locate(call.arguments, path.steps);
    case 'agent.claims':
      return locate(call.claims, path.steps);
    case 'agent.id':
      return [{ kind: 'value', value: call.agentId }];
    case 'session':
      return [{ kind: 'value', value: call.session }];
    case 'clock':
      return [{ kind: 'value', value: clockValue(call.clock[path.field]) }];
    case 'state':
      return [counterValue(condition, at)];
  }
}

function clockValue(value: string | number): JsonNode {
  return typeof value === 'string' ? value : new JsonNumber(String(value));
}

/** `lt` and `lte` on the rule's own counter look at what the call would make of it. No increment: nothing to compare. */
function counterValue({ path, op }: Condition, at: RuleAtWork): Found {
  if (path.root !== 'state') throw new Error('no counter');
  const value = stateCounterOf(path.tool, path.counter, at);
  const isOwn = at.rule.state?.counter === path.counter && at.entry.name.text === path.tool;
  if (!isOwn || (op !== 'lt' && op !== 'lte')) return whole(value);
  const increment = incrementOf(at);
  return increment === null ? { kind: 'mistyped' } : whole(value + increment);
}

function whole(value: bigint): Found {
  return { kind: 'value', value: new JsonNumber(String(value)) };
}

function judge({ op, value: literal }: Condition, found: Found): Verdict {
  if (found.kind === 'mistyped') return 'mistyped';
  if (op === 'exists') {
    const isThere = found.kind === 'value' && found.value !== null;
    return isThere === literal ? 'holds' : 'fails';
  }
  if (found.kind !== 'value') return 'missing';
  const answer = compare(op, found.value, literal);
  return answer === null ? 'mistyped' : answer ? 'holds' : 'fails';
}

/** null where the operator cannot compare the two. */
function compare(op: Operator, actual: JsonNode, literal: Literal): boolean | null {
  const wanted = readLiteral(literal);
  switch (op) {
    case 'eq':
    case 'neq':
      // The policy's null compares with every type; as one of a list it is a value as any other.
      return wanted === null || isComparable(actual, [wanted])
        ? isEqual(actual, wanted) === (op === 'eq')
        : null;
    case 'in':
    case 'not_in': {
      const list = Array.isArray(wanted) ? wanted : [];
      return isComparable(actual, list) ? list.some((item) => isEqual(actual, item)) === (op === 'in') : null;
    }
    case 'regex':
      return typeof actual === 'string' ? new RegExp(String(wanted), 'u').test(actual) : null;
    case 'contains':
      return contains(actual, wanted);
    default:
      return inOrder(op, actual, wanted);
  }
}

function isComparable(actual: JsonNode, wanted: readonly JsonNode[]): boolean {
  return wanted.some((item) => typeOf(item) === typeOf(actual));
}

function contains(actual: JsonNode, wanted: JsonNode): boolean | null {
  if (Array.isArray(actual)) return actual.some((item) => isEqual(item, wanted));
  return typeof actual === 'string' && typeof wanted === 'string' ? actual.includes(wanted) : null;
}

function inOrder(op: Operator, actual: JsonNode, wanted: JsonNode): boolean | null {
  const order = orderOf(actual, wanted);
  if (order === null) return null;
  if (op === 'lt') return order < 0;
  if (op === 'lte') return order <= 0;
  return op === 'gt' ? order > 0 : order >= 0;
}

/** Texts have an order on `clock.date` only, which is where the policy's value is one. */
function orderOf(actual: JsonNode, wanted: JsonNode): number | null {
  if (actual instanceof JsonNumber && wanted instanceof JsonNumber)
    return compareDecimals(actual.text, wanted.text);
  if (typeof actual !== 'string' || typeof wanted !== 'string') return null;
  return actual < wanted ? -1 : actual > wanted ? 1 : 0;
}
