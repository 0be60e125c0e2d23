// Limits in the reference evaluator: the keys of counters, what a call adds to them, and whether a limit lets it through.
import { counterBase, counterKey } from '../../compiler/model/counter-key.ts';
import type { Per, RateLimit, Spend, StateCounter, Window } from '../../compiler/model/policy.ts';
import { JsonNumber } from '../../src/policy/arguments/json-node.ts';
import { isWhole, minorUnits, readDecimal } from './decimal.ts';
import { MissingCounter, type ReferenceCall, type RuleAtWork } from './reference-call.ts';
import { valueAt } from './values.ts';

const TOTAL_MAX = 2n ** 53n - 1n;
const PER_TEXT_MAX = 256;

export interface Added {
  readonly key: string;
  readonly amount: bigint;
}

/** What one limit says of a call: whether it lets it through, and what the call would add, never past 2^53-1. */
export interface LimitResult {
  readonly passes: boolean;
  readonly added: readonly Added[];
}

function add(call: ReferenceCall, { key, amount, cap }: Added & { readonly cap: bigint }): LimitResult {
  const total = counterOf(call, key) + amount;
  return { passes: total <= cap, added: total <= TOTAL_MAX ? [{ key, amount }] : [] };
}

const REFUSED: LimitResult = { passes: false, added: [] };

export function checkRateLimit({ limit, window, sliding, per }: RateLimit, at: RuleAtWork): LimitResult {
  const perValue = perValueOf(per, at.call);
  if (perValue === undefined) return REFUSED;
  const key = counterKey(baseOf(at, { kind: 'rate_limit', window, sliding }), null, perValue);
  return add(at.call, { key, amount: 1n, cap: BigInt(limit) });
}

export function checkSpend(spend: Spend, at: RuleAtWork): LimitResult {
  const amount = amountAt(at.call, spend.amount, spend.scale);
  const currency = currencyOf(spend, at.call);
  const per = perValueOf(spend.per, at.call);
  if (amount === null || currency === undefined || per === undefined) return REFUSED;
  const caps = spend.caps.map(({ window, cap }) => {
    const key = counterKey(baseOf(at, { kind: 'spend', window, sliding: false }), currency, per);
    return add(at.call, { key, amount, cap: BigInt(cap) });
  });
  const isSmallEnough = spend.perCall === null || amount <= BigInt(spend.perCall);
  return {
    passes: isSmallEnough && caps.every(({ passes }) => passes),
    added: caps.flatMap(({ added }) => added),
  };
}

export function checkState(state: StateCounter, at: RuleAtWork): LimitResult {
  const increment = incrementOf(at);
  if (increment === null) return REFUSED;
  return add(at.call, { key: stateKey(at, at.entry.name.text, state), amount: increment, cap: TOTAL_MAX });
}

/** What this call would add to the rule's own `state` counter; null where that cannot be read. */
export function incrementOf({ rule, call }: RuleAtWork): bigint | null {
  if (rule.state === null) return null;
  const { incrementFrom, increment } = rule.state;
  return incrementFrom === null ? BigInt(increment) : amountAt(call, incrementFrom, 0);
}

/** The value that `state.<tool>.<counter>` has before the call. */
export function stateCounterOf(tool: string, counter: string, at: RuleAtWork): bigint {
  const rules = at.policy.tools.find(({ name }) => name.text === tool)?.rules ?? [];
  const state = rules.find((rule) => rule.state?.counter === counter)?.state;
  if (state === null || state === undefined) throw new Error(`nothing declares state.${tool}.${counter}`);
  return counterOf(at.call, stateKey(at, tool, state));
}

function stateKey({ policy }: RuleAtWork, tool: string, { counter, window }: StateCounter): string {
  const kind = { state: counter };
  return counterKey(
    counterBase({ server: policy.server, tool, name: null, kind, window, sliding: false }),
    null,
    null,
  );
}

interface LimitKind {
  readonly kind: 'rate_limit' | 'spend';
  readonly window: Window;
  readonly sliding: boolean;
}

function baseOf({ policy, entry, rule }: RuleAtWork, kind: LimitKind): string {
  return counterBase({ server: policy.server, tool: entry.name.text, name: rule.name, ...kind });
}

function counterOf({ counters }: ReferenceCall, key: string): bigint {
  const value = counters.get(key);
  if (value === undefined) throw new MissingCounter(key);
  return BigInt(value);
}

function amountAt(call: ReferenceCall, path: Spend['amount'], scale: number): bigint | null {
  const value = valueAt(call.arguments, path);
  return value instanceof JsonNumber ? minorUnits(value.text, scale) : null;
}

/** null: totals are not kept by currency; undefined: it is none. */
function currencyOf({ currency }: Spend, call: ReferenceCall): string | null | undefined {
  if (currency === null) return null;
  const value = valueAt(call.arguments, currency);
  return typeof value === 'string' && /^[A-Za-z0-9]{2,12}$/.test(value) ? value : undefined;
}

/** null: one counter for all; undefined: the value can name none. */
function perValueOf(per: Per | null, call: ReferenceCall): string | null | undefined {
  if (per === null) return null;
  if (per.by === 'tool') return call.tool;
  if (per.by === 'agent') return call.agentId;
  if (per.by === 'session') return call.session;
  const value = valueAt(call.arguments, per.path);
  if (typeof value === 'string') return Array.from(value).length <= PER_TEXT_MAX ? value : undefined;
  return value instanceof JsonNumber ? wholeText(value.text) : undefined;
}

function wholeText(text: string): string | undefined {
  if (!isWhole(text)) return undefined;
  const { units, scale } = readDecimal(text);
  const value = units / 10n ** BigInt(scale);
  return value >= -TOTAL_MAX && value <= TOTAL_MAX ? String(value) : undefined;
}
