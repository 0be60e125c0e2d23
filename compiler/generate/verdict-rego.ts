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

export type VerdictSet = 'deny' | 'approve' | 'shadow';

export interface Verdict {
  readonly set: VerdictSet;
  /** One Rego rule, with METADATA that says what the policy's rule is about. */
  readonly text: string;
  /** It meets every call: none can pass. */
  readonly isCertain: boolean;
}

/** A `deny` rule fails wherever it applies. */
export function printDenial(context: VerdictContext): Verdict {
  const { rule } = context;
  const reason = quoteText(rule.onDeny ?? reasonForDenial(rule.when));
  const element = printObject(membersOf(context, [['reason', reason]]));
  return describe(context, failureSet(context), {
    demands: ['denied'],
    element,
    body: context.applies,
    isCertain: context.applies.length === 0,
  });
}

/** The reason is the failure's, unless `on_deny` replaces it: the right side of `object.union` wins. */
export function printFailed(context: VerdictContext): Verdict {
  const { rule, failure, applies, checks } = context;
  const told: Members = rule.onDeny === null ? [] : [['reason', quoteText(rule.onDeny)]];
  const element =
    failure === null
      ? printObject(membersOf(context, [...checks.flatMap(failureMembers), ...told]))
      : `object.union(${failure}, ${printObject(membersOf(context, told))})`;
  const body = failure === null ? [...applies, ...checks.map(({ fails }) => fails)] : applies;
  return describe(context, failureSet(context), {
    demands: checks.map(({ reason }) => reason),
    element,
    body,
    isCertain: false,
  });
}

/** What a check that fails says of itself. */
export function failureMembers({ reason, limit }: Check): Members {
  const told = ['reason', quoteText(reason)] as const;
  return limit === undefined ? [told] : [told, ['counter', limit.counter], ['limit', String(limit.value)]];
}

/** A `require_approval` rule holds the call where nothing of it failed. The gateway knows who has agreed. */
export function printHold(context: VerdictContext): Verdict {
  const { rule, failure, applies } = context;
  const { timeoutMs, required } = rule.approval ?? { timeoutMs: DEFAULT_TIMEOUT_MS, required: 1 };
  const isEnforced = rule.mode === 'enforce';
  const members = membersOf(context, [
    ['reason', quoteText(rule.onDeny ?? "needs a human's approval")],
    ...(isEnforced ? [['timeout_ms', String(timeoutMs)] as const] : []),
    ['required', String(required)],
  ]);
  const body = failure === null ? applies : [...applies, `not ${failure}`];
  return describe(context, isEnforced ? 'approve' : 'shadow', {
    demands: [`held until ${required === 1 ? 'a human agrees' : `${required} humans agree`}`],
    element: printObject(members),
    body,
    isCertain: body.length === 0,
  });
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

function failureSet({ rule }: VerdictContext): VerdictSet {
  return rule.mode === 'enforce' ? 'deny' : 'shadow';
}

interface VerdictRule {
  /** What the policy's rule asks for. */
  readonly demands: readonly string[];
  readonly element: string;
  readonly body: Body;
  readonly isCertain: boolean;
}

/** METADATA: what the rule asks for, and where the policy says so. */
function describe(
  { rule }: VerdictContext,
  set: VerdictSet,
  { demands, element, body, isCertain }: VerdictRule,
): Verdict {
  const when = rule.when.length === 0 ? [] : [`when ${describeWhen(rule.when)}`];
  const shadow = rule.mode === 'shadow' ? ['recorded, never enforced'] : [];
  const metadata = printMetadata({
    title: rule.id,
    description: [...when, ...demands, ...shadow],
    source: printSource(rule.position),
  });
  return { set, text: `${metadata}\n${printRule(`${set} contains ${element}`, body)}`, isCertain };
}
