// What a rule puts into `deny`, `approve` and `shadow`: the elements from which the gateway makes its decision.

import { type Check, printSource, type RuleContext } from './checks/rule-context.ts';
import { type Body, printMetadata, printObject, printRule } from './print/print-rego.ts';
import { quoteText } from './print/rego-text.ts';
import { describeWhen, reasonForDenial } from './reasons/argument-reasons.ts';

const DEFAULT_TIMEOUT_MS = 1_800_000;

export interface VerdictContext extends RuleContext {
  /** The rule's place in its entry: the first that failed names the decision. */
  readonly order: number;
  /** True where the rule applies; empty: always. */
  readonly applies: Body;
  readonly checks: readonly Check[];
  /** The rule that says which check failed; null where there is at most one that can. */
  readonly failure: string | null;
}

/** A `deny` rule fails wherever it applies. */
export function printDenial(context: VerdictContext): string {
  const { rule } = context;
  const reason = quoteText(rule.onDeny ?? reasonForDenial(rule.when));
  const element = printObject(membersOf(context, [['reason', reason]]));
  const text = printRule(`${failureSet(context)} contains ${element}`, context.applies);
  return describe(context, ['denied'], text);
}

/** The reason is the failure's, unless `on_deny` replaces it: the right side of `object.union` wins. */
export function printFailed(context: VerdictContext): string {
  const { rule, failure, applies, checks } = context;
  const told: Members = rule.onDeny === null ? [] : [['reason', quoteText(rule.onDeny)]];
  const element =
    failure === null
      ? printObject(membersOf(context, [...checks.flatMap(failureMembers), ...told]))
      : `object.union(${failure}, ${printObject(membersOf(context, told))})`;
  const body = failure === null ? [...applies, ...checks.map(({ fails }) => fails)] : applies;
  const text = printRule(`${failureSet(context)} contains ${element}`, body);
  return describe(
    context,
    checks.map(({ reason }) => reason),
    text,
  );
}

/** What a check that fails says of itself. */
export function failureMembers({ reason, limit }: Check): Members {
  const told = ['reason', quoteText(reason)] as const;
  return limit === undefined ? [told] : [told, ['counter', limit.counter], ['limit', String(limit.value)]];
}

/** A `require_approval` rule holds the call where nothing of it failed. The gateway knows who has agreed. */
export function printHold(context: VerdictContext): string {
  const { rule, failure, applies } = context;
  const { timeoutMs, required } = rule.approval ?? { timeoutMs: DEFAULT_TIMEOUT_MS, required: 1 };
  const isEnforced = rule.mode === 'enforce';
  const members = membersOf(context, [
    ['reason', quoteText(rule.onDeny ?? "needs a human's approval")],
    ...(isEnforced ? [['timeout_ms', String(timeoutMs)] as const] : []),
    ['required', String(required)],
  ]);
  const body = failure === null ? applies : [...applies, `not ${failure}`];
  const text = printRule(`${isEnforced ? 'approve' : 'shadow'} contains ${printObject(members)}`, body);
  return describe(
    context,
    [`held until ${required === 1 ? 'a human agrees' : `${required} humans agree`}`],
    text,
  );
}

type Members = ReadonlyArray<readonly [string, string]>;

/** Shadow rules decide nothing, so they have no order. */
function membersOf({ rule, order }: VerdictContext, more: Members): Members {
  const unique = new Map(more);
  return [
    ['rule', quoteText(rule.id)],
    ...(rule.mode === 'enforce' ? [['order', String(order)] as const] : []),
    ...unique,
    ['source', quoteText(printSource(rule.position))],
  ];
}

function failureSet({ rule }: VerdictContext): string {
  return rule.mode === 'enforce' ? 'deny' : 'shadow';
}

/** METADATA: what the rule asks for, and where the policy says so. */
function describe({ rule }: VerdictContext, demands: readonly string[], text: string): string {
  const when = rule.when.length === 0 ? [] : [`when ${describeWhen(rule.when)}`];
  const shadow = rule.mode === 'shadow' ? ['recorded, never enforced'] : [];
  const metadata = printMetadata({
    title: rule.id,
    description: [...when, ...demands, ...shadow],
    source: printSource(rule.position),
  });
  return `${metadata}\n${text}`;
}
