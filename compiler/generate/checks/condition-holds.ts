// Conditions that must hold, as Rego: a value that is missing or of another type does not hold.
import type { Condition } from '../../model/policy.ts';
import { jsonType, printLiteral, printTypesTest } from '../print/literal.ts';
import { holdAtPath, isMissing } from '../print/path-rego.ts';
import { type Body, printMember } from '../print/print-rego.ts';
import type { Place } from '../print/rule-sheet.ts';
import { addTest } from './check-test.ts';
import { listOf, numericOperator, patternOf, printComparable } from './condition-operand.ts';
import { ownIncrement, startOf } from './condition-place.ts';
import type { RuleContext } from './rule-context.ts';

/** Returns what is true where the condition does not hold. */
export function addConditionTest(context: RuleContext, condition: Condition, wish: string): string {
  const { sheet } = context;
  const increment = ownIncrement(context, condition);
  const isAbsenceFine = condition.op === 'exists' && condition.value === false;
  const ways = holdAtPath(
    startOf(context, condition.path),
    {
      leaf: (place) => holdingWays(condition, place, increment),
      missingArray: isAbsenceFine ? 'counts' : 'does not count',
    },
    (place, bodies) => sheet.addHelper(`${wish}_each`, place, bodies),
  );
  return addTest(sheet, wish, ways);
}

function holdingWays(condition: Condition, { text }: Place, increment: string | null): readonly Body[] {
  const { op, value } = condition;
  switch (op) {
    case 'eq':
      return [[`${text} == ${printLiteral(value)}`]];
    case 'neq':
      return [[...printComparable(text, value), `${text} != ${printLiteral(value)}`]];
    case 'in':
      return [[printMember(text, listOf(value).map(printLiteral))]];
    case 'not_in':
      return [
        [
          printTypesTest(text, listOf(value).map(jsonType)),
          `not ${printMember(text, listOf(value).map(printLiteral))}`,
        ],
      ];
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const total = increment === null ? text : `${text} + ${increment}`;
      return [[...printComparable(text, value), `${total} ${numericOperator(op)} ${printLiteral(value)}`]];
    }
    case 'regex':
      return [[`is_string(${text})`, `regex.match(${patternOf(value)}, ${text})`]];
    case 'contains':
      return containingWays(condition, text);
    case 'exists':
      return value === false ? [[isMissing(text)], [`${text} == null`]] : [[`${text} != null`]];
  }
}

function containingWays({ value }: Condition, text: string): readonly Body[] {
  const literal = printLiteral(value);
  // Rego reads a line that starts with a minus as one with the line before it.
  const isMember = literal.startsWith('-') ? `${text}[_] == ${literal}` : `${literal} in ${text}`;
  const element = [`is_array(${text})`, isMember];
  if (typeof value !== 'string') return [element];
  return [[`is_string(${text})`, `contains(${text}, ${printLiteral(value)})`], element];
}
