// One rule of a policy as Rego: its checks, its failure, and what it adds to the sets of its entry.
//
//   when ─────────▶ <rule>_exempt      true where a condition certainly does not hold
//   checks ───────▶ <rule>_failure     the first that fails: its reason, and the limit where it is one
//   both ─────────▶ deny, approve, shadow, charges, unlisted
//
// What only one rule would read stands there instead: OPA plans, compiles and maps every rule of Rego by itself.
import { readsAgentOnly } from './checks/condition-place.ts';
import { refutingWays } from './checks/condition-refuted.ts';
import { TOTAL_MAX } from './checks/counter-checks.ts';
import { hasRoom } from './checks/counter-rego.ts';
import { addRuleChecks } from './checks/rule-checks.ts';
import type { ChargeSpec, Check, RuleContext } from './checks/rule-context.ts';
import { hasNoWay } from './print/path-rego.ts';
import { type Body, printComprehension, printElseChain, printObject } from './print/print-rego.ts';
import { failureMembers, printDenial, printFailed, printHold, type Verdict } from './verdict-rego.ts';

/** What one rule adds to its entry. */
export interface RuleParts {
  readonly verdicts: readonly Verdict[];
  /** Elements of `charges`: an object, or a list of one where the call is charged. */
  readonly charges: readonly string[];
  /** Bodies of `unlisted`; an empty body means always. */
  readonly unlisted: readonly Body[];
}

export function addRule(context: RuleContext, order: number): RuleParts {
  const { rule } = context;
  const isSure = isSureOf(context);
  if (rule.action === 'deny') {
    const applies = addExemption(context, isSure ? 2 : 1);
    const verdict = printDenial({ ...context, order, applies, checks: [], failure: null });
    return { verdicts: [verdict], charges: [], unlisted: isSure ? [applies] : [] };
  }
  const holds = rule.action === 'require_approval';
  const { checks, charges, agentChecks } = addRuleChecks(context);
  // Where a condition on the agent fails for certain, no argument can help.
  const unlisting = isSure ? agentChecks : [];
  const verdicts = (checks.length > 0 ? 1 : 0) + (holds ? 1 : 0);
  const applies = addExemption(context, verdicts + charges.length + unlisting.length);
  const failure = checks.length > 1 || (checks.length > 0 && holds) ? addFailure(context, checks) : null;
  const verdict = { ...context, order, applies, checks, failure };
  return {
    verdicts: [
      ...(checks.length === 0 ? [] : [printFailed(verdict)]),
      ...(holds ? [printHold(verdict)] : []),
    ],
    charges: charges.map((charge) => printCharge(context, charge, applies)),
    unlisted: unlisting.map(({ fails }) => [...applies, fails]),
  };
}

/** Whether the agent alone decides if an enforced rule applies. */
function isSureOf({ rule }: RuleContext): boolean {
  return rule.mode === 'enforce' && rule.when.every(readsAgentOnly);
}

/** What is true where the rule applies, for so many bodies. Adds a flag where several would test the same. */
function addExemption(context: RuleContext, uses: number): Body {
  const { rule, prefix, sheet } = context;
  const ways = rule.when.flatMap((condition) => refutingWays(context, condition));
  if (uses < 2 || ways.length === 0) return ways.map(hasNoWay);
  const name = sheet.claimName(`${prefix}_exempt`);
  sheet.addFlag(name, ways);
  return [`not ${name}`];
}

function addFailure({ prefix, sheet }: RuleContext, checks: readonly Check[]): string {
  const name = sheet.claimName(`${prefix}_failure`);
  const branches = checks.map((check) => ({
    value: printObject(failureMembers(check)),
    body: [check.fails],
  }));
  sheet.add(printElseChain(name, branches));
  return name;
}

function printCharge(context: RuleContext, charge: ChargeSpec, applies: Body): string {
  const { rule } = context;
  const { counter, amount, canBeZero } = charge;
  const element = `{"counter": ${counter}, "amount": ${amount}}`;
  const isReadable = canBeZero ? [`is_number(${amount})`, `${amount} > 0`] : [];
  // Nothing stops a shadow rule at its limit, so its totals must stop where they could no longer be counted.
  const isCountable = rule.mode === 'shadow' ? [hasRoom(context, charge, TOTAL_MAX)] : [];
  const body = [...applies, ...isReadable, ...isCountable];
  return body.length === 0 ? element : printComprehension(element, body);
}
