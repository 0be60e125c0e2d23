// The checks of one rule, in the order in which the first that fails gives the reason.
import type { ArgumentCheck, Condition } from '../../model/policy.ts';
import { holdAtPath } from '../print/path-rego.ts';
import { quoteText } from '../print/rego-text.ts';
import { snakeCase } from '../print/rule-sheet.ts';
import { reasonForArgument, reasonForCondition } from '../reasons/argument-reasons.ts';
import { addTest } from './check-test.ts';
import { addConditionTest } from './condition-holds.ts';
import { ownIncrement, readsAgentOnly } from './condition-place.ts';
import { addRateLimit, addSpend, addState, type CountedChecks } from './counter-checks.ts';
import type { ChargeSpec, Check, RuleContext } from './rule-context.ts';
import { holdSchema } from './schema-rego.ts';
import { stateCounterKey } from './state-counter.ts';

export interface RuleChecks {
  readonly checks: readonly Check[];
  readonly charges: readonly ChargeSpec[];
  /** Those that no argument can change: conditions on the agent. */
  readonly agentChecks: readonly Check[];
}

export function addRuleChecks(context: RuleContext): RuleChecks {
  const { conditions, arguments: args, rateLimit, spend, state } = context.rule;
  const onConditions = conditions.map((condition) => addConditionCheck(context, condition));
  const onArguments = args.map((check) => addArgumentCheck(context, check));
  const counted: CountedChecks[] = [
    ...(rateLimit === null ? [] : [addRateLimit(context, rateLimit)]),
    ...(spend === null ? [] : [addSpend(context, spend)]),
    ...(state === null ? [] : [addState(context, state)]),
  ];
  return {
    checks: [...onConditions, ...onArguments, ...counted.flatMap(({ checks }) => checks)],
    charges: counted.flatMap(({ charges }) => charges),
    agentChecks: onConditions.filter((_, index) => conditions[index] && readsAgentOnly(conditions[index])),
  };
}

function addConditionCheck(context: RuleContext, condition: Condition): Check {
  const wish = `${context.prefix}_${snakeCase(condition.pathText, 'condition')}`;
  const check = {
    fails: addConditionTest(context, condition, wish),
    reason: reasonForCondition(condition),
  };
  const limit = limitOf(context, condition);
  return limit === null ? check : { ...check, limit };
}

/** A bound on the rule's own counter is a limit: `lte 5` lets it reach 5, `lt 10` lets it reach 9. */
function limitOf(context: RuleContext, condition: Condition): NonNullable<Check['limit']> | null {
  const value = ownLimit(context, condition);
  if (value === null || condition.path.root !== 'state') return null;
  const key = stateCounterKey(context.policy, condition.path.tool, condition.path.counter);
  return { counter: quoteText(key), value };
}

/** What a condition lets the rule's own counter reach, or null where it is no such bound. */
export function ownLimit(context: Pick<RuleContext, 'entry' | 'rule'>, condition: Condition): number | null {
  const { op, value } = condition;
  if (ownIncrement(context, condition) === null) return null;
  if (typeof value !== 'object' || value === null || !('number' in value)) return null;
  const bound = op === 'lte' ? Math.floor(Number(value.number)) : Math.ceil(Number(value.number)) - 1;
  return Number.isSafeInteger(bound) && bound >= 0 ? bound : null;
}

function addArgumentCheck(
  { prefix, sheet }: RuleContext,
  { path, pathText, schema, ...rest }: ArgumentCheck,
): Check {
  const wish = `${prefix}_${snakeCase(pathText, 'argument')}`;
  const ways = holdAtPath(
    { place: { text: 'input.arguments', variable: null }, steps: path },
    { leaf: (place) => [holdSchema({ sheet, wish }, schema, place)], missingArray: 'does not count' },
    (place, bodies) => sheet.addHelper(`${wish}_each`, place, bodies),
  );
  return {
    fails: addTest(sheet, wish, ways),
    reason: reasonForArgument({ path, pathText, schema, ...rest }),
  };
}
