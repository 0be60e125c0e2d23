// The checks that read counters: `rate_limit`, `spend` and `state`, with what they charge.
import { type CounterOwner, counterBase } from '../../model/counter-key.ts';
import type { Per, RateLimit, Spend, StateCounter, Window } from '../../model/policy.ts';
import {
  reasonForAmount,
  reasonForCap,
  reasonForCurrency,
  reasonForIncrement,
  reasonForPer,
  reasonForPerCall,
  reasonForRate,
  reasonForTotal,
} from '../reasons/limit-reasons.ts';
import { addTest } from './check-test.ts';
import { incrementId } from './condition-place.ts';
import {
  addAmount,
  addCounterKey,
  addCurrency,
  addPer,
  hasRoom,
  type KeyParts,
  NO_KEY_PARTS,
} from './counter-rego.ts';
import type { ChargeSpec, Check, RuleContext } from './rule-context.ts';
import { stateCounterKey } from './state-counter.ts';

/** No total passes what a double counts exactly. */
export const TOTAL_MAX = Number.MAX_SAFE_INTEGER;

export interface CountedChecks {
  readonly checks: readonly Check[];
  readonly charges: readonly ChargeSpec[];
}

export function addRateLimit(context: RuleContext, rate: RateLimit): CountedChecks {
  const { prefix } = context;
  const per = addPerCheck(context, rate.per, `${prefix}_rate_limit_per`);
  const base = ruleBase(context, 'rate_limit', rate);
  const key = addCounterKey(context, `${prefix}_rate_limit_key`, { ...NO_KEY_PARTS, base, per: per.value });
  const charge = { counter: key, amount: '1', canBeZero: false };
  const limit = { counter: key, value: rate.limit };
  const fails = `not ${hasRoom(context, charge, rate.limit)}`;
  return {
    checks: [...per.checks, { fails, reason: reasonForRate(rate), limit }],
    charges: [charge],
  };
}

export function addSpend(context: RuleContext, spend: Spend): CountedChecks {
  const { prefix, rule } = context;
  const amount = addAmount(context, `${prefix}_amount`, rule.id);
  const checks: Check[] = [{ fails: `not is_number(${amount})`, reason: reasonForAmount(spend) }];
  const currency = spend.currency === null ? null : addCurrency(context, spend.currency);
  if (currency !== null)
    checks.push({ fails: `not is_string(${currency})`, reason: reasonForCurrency(spend) });
  const per = addPerCheck(context, spend.per, `${prefix}_spend_per`);
  checks.push(...per.checks);
  if (spend.perCall !== null) checks.push(addPerCall(context, spend, amount));
  const capped = addCaps(context, spend, { amount, parts: { currency, per: per.value } });
  return { checks: [...checks, ...capped.checks], charges: capped.charges };
}

export function addState(context: RuleContext, state: StateCounter): CountedChecks {
  const { prefix, rule, entry } = context;
  const base = stateCounterKey(context.policy, entry, state.counter);
  const key = addCounterKey(context, `${prefix}_state_key`, { ...NO_KEY_PARTS, base });
  const isRead = state.incrementFrom !== null;
  const amount = isRead
    ? addAmount(context, `${prefix}_increment`, incrementId(rule.id))
    : String(state.increment);
  const charge = { counter: key, amount, canBeZero: isRead };
  const checks = [
    ...(isRead ? [{ fails: `not is_number(${amount})`, reason: reasonForIncrement(state) }] : []),
    { fails: `not ${hasRoom(context, charge, TOTAL_MAX)}`, reason: reasonForTotal(state) },
  ];
  return { checks, charges: isRead || state.increment > 0 ? [charge] : [] };
}

function addPerCall({ prefix, sheet }: RuleContext, spend: Spend, amount: string): Check {
  const ways = [[`is_number(${amount})`, `${amount} <= ${spend.perCall}`]];
  return { fails: addTest(sheet, `${prefix}_per_call`, ways), reason: reasonForPerCall(spend) };
}

interface Spent {
  readonly amount: string;
  readonly parts: KeyParts;
}

function addCaps(context: RuleContext, spend: Spend, { amount, parts }: Spent): CountedChecks {
  const { prefix } = context;
  const checks: Check[] = [];
  const charges: ChargeSpec[] = [];
  for (const { window, cap } of spend.caps) {
    const base = ruleBase(context, 'spend', { window, sliding: false });
    const key = addCounterKey(context, `${prefix}_${window}_key`, { ...parts, base });
    const charge = { counter: key, amount, canBeZero: true };
    const fails = `not ${hasRoom(context, charge, cap)}`;
    checks.push({ fails, reason: reasonForCap(spend, window, cap), limit: { counter: key, value: cap } });
    charges.push(charge);
  }
  return { checks, charges };
}

function addPerCheck(
  context: RuleContext,
  per: Per | null,
  wish: string,
): { value: string | null; checks: readonly Check[] } {
  if (per === null) return { value: null, checks: [] };
  const value = addPer(context, per, wish);
  if (per.by !== 'argument') return { value, checks: [] };
  return { value, checks: [{ fails: `not is_string(${value})`, reason: reasonForPer(per.path) }] };
}

function ruleBase(
  { policy, entry, rule }: RuleContext,
  kind: CounterOwner['kind'],
  { window, sliding }: { readonly window: Window; readonly sliding: boolean },
): string {
  return counterBase({ server: policy.server, tool: entry, name: rule.name, kind, window, sliding });
}
