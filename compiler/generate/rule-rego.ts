// One rule of a policy as Rego: its checks, its failure, and what it adds to the sets of its entry.
//
//   when ─────────▶ <rule>_exempt      true where a condition certainly does not hold
//   checks ───────▶ <rule>_…_ok        each false by default
//   the first ────▶ <rule>_failure     that is not ok: its reason, and the limit where it is one
//   all of these ─▶ deny, approve, shadow, charges, unlisted
import { readsAgentOnly } from './checks/condition-place.ts';
import { refutingWays } from './checks/condition-refuted.ts';
import { TOTAL_MAX } from './checks/counter-checks.ts';
import { addRuleChecks } from './checks/rule-checks.ts';
import type { ChargeSpec, Check, RuleContext } from './checks/rule-context.ts';
import { type Body, printElseChain, printObject, printRule } from './print/print-rego.ts';
import { quoteText } from './print/rego-text.ts';
import { printDenial, printFailed, printHold } from './verdict-rego.ts';

/** What one rule adds to the sets of its entry; each text is one Rego rule. */
export interface RuleParts {
  /** For `deny`, `approve` and `shadow`: what the rule is about, with METADATA. */
  readonly verdicts: readonly string[];
  readonly charges: readonly string[];
  /** Bodies of `unlisted`; an empty body means always. */
  readonly unlisted: readonly Body[];
}

export function addRule(context: RuleContext, order: number): RuleParts {
  const { rule } = context;
  const applies = addExemption(context);
  if (rule.action === 'deny') {
    const verdict = printDenial({ ...context, order, applies, checks: [], failure: null });
    return { verdicts: [verdict], charges: [], unlisted: isSureOf(context) ? [applies] : [] };
  }
  const { checks, charges, agentChecks } = addRuleChecks(context);
  const failure = addFailure(context, checks);
  const verdict = { ...context, order, applies, checks, failure };
  return {
    verdicts: [
      ...(failure === null ? [] : [printFailed(verdict)]),
      ...(rule.action === 'require_approval' ? [printHold(verdict)] : []),
    ],
    charges: charges.map((charge) => printCharge(context, charge, applies)),
    // Where a condition on the agent fails for certain, no argument can help.
    unlisted: isSureOf(context) ? agentChecks.map(({ fails }) => [...applies, fails]) : [],
  };
}

/** Whether the agent alone decides if an enforced rule applies. */
function isSureOf({ rule }: RuleContext): boolean {
  return rule.mode === 'enforce' && rule.when.every(readsAgentOnly);
}

/** Adds the flag of a `when`; returns the body that is true where the rule applies. */
function addExemption(context: RuleContext): Body {
  const { rule, prefix, sheet } = context;
  if (rule.when.length === 0) return [];
  const name = sheet.claimName(`${prefix}_exempt`);
  const ways = rule.when.flatMap((condition) => refutingWays(context, condition));
  sheet.addFlag(name, ways);
  return [`not ${name}`];
}

function addFailure({ prefix, sheet }: RuleContext, checks: readonly Check[]): string | null {
  if (checks.length === 0) return null;
  const name = sheet.claimName(`${prefix}_failure`);
  const branches = checks.map(({ fails, reason, limit }) => {
    const told = ['reason', quoteText(reason)] as const;
    const value = printObject(limit === undefined ? [told] : [told, ...limitMembers(limit)]);
    return { value, body: [fails] };
  });
  sheet.add(printElseChain(name, branches));
  return name;
}

function limitMembers(limit: NonNullable<Check['limit']>): ReadonlyArray<readonly [string, string]> {
  return [
    ['counter', limit.counter],
    ['limit', String(limit.value)],
  ];
}

/** The rule's id keeps charges of one counter apart in the set. */
function printCharge({ rule }: RuleContext, charge: ChargeSpec, applies: Body): string {
  const { counter, amount, canBeZero } = charge;
  const element = printObject([
    ['rule', quoteText(rule.id)],
    ['counter', counter],
    ['amount', amount],
  ]);
  const isReadable = canBeZero ? [`is_number(${amount})`, `${amount} > 0`] : [];
  const isCountable = rule.mode === 'shadow' ? countable(charge) : [];
  return printRule(`charges contains ${element}`, [...applies, ...isReadable, ...isCountable]);
}

/** Nothing stops a shadow rule at its limit, so its totals must stop where they could no longer be counted. */
function countable({ counter, amount }: ChargeSpec): Body {
  const total = `input.state.counters[${counter}]`;
  return [`is_number(${total})`, `${total} + ${amount} <= ${TOTAL_MAX}`];
}
