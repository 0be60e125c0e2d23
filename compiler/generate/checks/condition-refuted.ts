// Conditions of a `when`, as the ways in which they certainly do not hold. Doubt goes the strict way: a value that
// cannot be compared refutes nothing, so that the rule applies.
import type { Condition } from '../../model/policy.ts';
import { jsonType, printLiteral, printTypesTest } from '../print/literal.ts';
import { isMissing, refuteAtPath } from '../print/path-rego.ts';
import { type Body, printMember } from '../print/print-rego.ts';
import { listOf, patternOf, printComparable, reversedOperator } from './condition-operand.ts';
import { isSentByHost, ownIncrement, startOf } from './condition-place.ts';
import type { RuleContext } from './rule-context.ts';

/** Each body is one way; the rule is spared where any of them is true. */
export function refutingWays(context: RuleContext, condition: Condition): readonly Body[] {
  const { path } = condition;
  const increment = ownIncrement(context, condition);
  const refutes = refutesWhenMissing(condition);
  return refuteAtPath(startOf(context, path), {
    missingArray: refutes ? 'counts' : 'does not count',
    leaf: ({ text }) => [
      ...(refutes ? [[isMissing(text)]] : []),
      ...presentWays(condition, text, increment === null ? text : `${text} + ${increment}`),
    ],
  });
}

/** A missing value differs from all others, and is none of any list; nothing else holds of it. */
function refutesWhenMissing({ path, op, value }: Condition): boolean {
  if (isSentByHost(path)) return false;
  return op === 'exists' ? value !== false : op !== 'neq' && op !== 'not_in';
}

function presentWays({ op, value }: Condition, text: string, total: string): readonly Body[] {
  switch (op) {
    case 'eq':
      return [[...printComparable(text, value), `${text} != ${printLiteral(value)}`]];
    case 'neq':
      return [[`${text} == ${printLiteral(value)}`]];
    case 'in': {
      const members = listOf(value);
      const isMember = printMember(text, members.map(printLiteral));
      return [[printTypesTest(text, members.map(jsonType)), `not ${isMember}`]];
    }
    case 'not_in':
      return [[printMember(text, listOf(value).map(printLiteral))]];
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return [[...printComparable(text, value), `${total} ${reversedOperator(op)} ${printLiteral(value)}`]];
    case 'regex':
      // `not` would also be true where the pattern cannot be run; that must not spare the call.
      return [[`is_string(${text})`, `regex.match(${patternOf(value)}, ${text}) == false`]];
    case 'contains': {
      const element = [`is_array(${text})`, `not ${printLiteral(value)} in ${text}`];
      if (typeof value !== 'string') return [element];
      return [[`is_string(${text})`, `not contains(${text}, ${printLiteral(value)})`], element];
    }
    case 'exists':
      return [[value === false ? `${text} != null` : `${text} == null`]];
  }
}
