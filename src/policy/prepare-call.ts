// Turns a tool call into what a decision needs of it: the fixed part of the input, and the counters to read.
import { CURRENCY_PATTERN, counterKey, PER_VALUE_MAX } from '../../compiler/model/counter-key.ts';
import { plainDecimal, toMinorUnits } from '../../compiler/model/exact-number.ts';
import type { CounterPlan } from '../../compiler/model/manifest.ts';
import type { ArgumentPath, Per } from '../../compiler/model/policy.ts';
import { findAmbiguousKey } from './arguments/ambiguous-key.ts';
import { type JsonNode, JsonNumber, type JsonObject } from './arguments/json-node.ts';
import { projectArguments } from './arguments/project-arguments.ts';
import { printClock } from './clock.ts';
import type { Agent, Clock } from './decision.ts';
import { PolicyError } from './policy-error.ts';
import type { ReadPlan } from './tool-plan.ts';

export interface ToolCall {
  readonly server: string;
  readonly agent: Agent;
  readonly session: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

export interface CounterUse {
  readonly key: string;
  /** What the policy calls it in `state.counters` and in charges. */
  readonly name: string;
  readonly plan: CounterPlan;
}

export interface PreparedCall {
  readonly counters: readonly CounterUse[];
  /** The decision's input (design section 4) at this moment; `values` stand beside `counters`. */
  input(clock: Clock, values: readonly number[], approval: GivenApproval | null): string;
}

/** Who agreed to the call, as policies see it. */
export interface GivenApproval {
  readonly id: string;
  readonly approvers: readonly string[];
}

/** Throws `PolicyError` with `arguments-ambiguous` or `arguments-unreadable`. */
export function prepareCall(call: ToolCall, plan: ReadPlan): PreparedCall {
  const ambiguous = findAmbiguousKey(call.arguments, plan.watched);
  if (ambiguous !== null) throw new PolicyError('arguments-ambiguous', ambiguous);
  const counters = composeCounters(call, plan.counters);
  const quotedNames = counters.map(({ name }) => JSON.stringify(name));
  const head =
    `${printCaller(call)},"method":"tools/call","tool":${JSON.stringify(call.tool)}` +
    `,"arguments":${projectArguments(call.arguments, plan.projection)}` +
    `,"amounts":{${printAmounts(call.arguments, plan)}}`;
  return {
    counters,
    input: (clock, values, approval) => {
      const state = quotedNames.map((name, index) => `${name}:${values[index] ?? 0}`).join(',');
      return `${head},"clock":${printClock(clock)},"state":{"counters":{${state}}},"approval":${printApproval(approval)}}`;
    },
  };
}

type Caller = Pick<ToolCall, 'server' | 'agent' | 'session'>;

let latest: { readonly caller: Caller; readonly text: string } | null = null;

/** Calls come one after the other from the same caller. */
function printCaller({ server, agent, session }: Caller): string {
  const isLatest =
    latest?.caller.agent === agent && latest.caller.server === server && latest.caller.session === session;
  if (latest !== null && isLatest) return latest.text;
  const text =
    `{"version":1,"server":${JSON.stringify(server)}` +
    `,"agent":{"id":${JSON.stringify(agent.id)},"claims":${agent.claims}},"session":${JSON.stringify(session)}`;
  latest = { caller: { server, agent, session }, text };
  return text;
}

function printApproval(approval: GivenApproval | null): string {
  return approval === null ? 'null' : JSON.stringify({ id: approval.id, approvers: approval.approvers });
}

/** An amount that is no exact number of minor units is left out: its rule fails then. */
function printAmounts(args: JsonObject, plan: ReadPlan): string {
  const amounts: string[] = [];
  for (const { key, path, scale } of plan.amounts) {
    const value = valueAt(args, path);
    const units = value instanceof JsonNumber ? toMinorUnits(value.text, scale) : null;
    if (units !== null) amounts.push(`${JSON.stringify(key)}:${units}`);
  }
  return amounts.join(',');
}

/** A counter whose key cannot be composed from this call is left out: its rule fails then. */
function composeCounters(call: ToolCall, plans: readonly CounterPlan[]): CounterUse[] {
  const uses: CounterUse[] = [];
  for (const plan of plans) {
    const currency = plan.currency === null ? null : currencyOf(call.arguments, plan.currency);
    const per = plan.per === null ? null : perValue(call, plan.per);
    if (currency === undefined || per === undefined) continue;
    const key = counterKey(plan.base, currency, per);
    uses.push({ key, name: plan.knownAs ?? key, plan });
  }
  return uses;
}

const currencyPattern = new RegExp(CURRENCY_PATTERN);

function currencyOf(args: JsonObject, path: ArgumentPath): string | undefined {
  const value = valueAt(args, path);
  return typeof value === 'string' && currencyPattern.test(value) ? value : undefined;
}

function perValue(call: ToolCall, per: Per): string | undefined {
  if (per.by === 'tool') return call.tool;
  if (per.by === 'agent') return call.agent.id;
  if (per.by === 'session') return call.session;
  const value = valueAt(call.arguments, per.path);
  if (value instanceof JsonNumber) return wholeNumber(value.text);
  // Code points, as the policy counts them; the length in code units is never less.
  const isShort =
    typeof value === 'string' && (value.length <= PER_VALUE_MAX || isWithin(value, PER_VALUE_MAX));
  return isShort ? value : undefined;
}

function isWithin(text: string, maximum: number): boolean {
  return text.length <= maximum * 2 && Array.from(text).length <= maximum;
}

function wholeNumber(text: string): string | undefined {
  const decimal = plainDecimal(text, 16);
  if (decimal === null || !/^-?\d+$/.test(decimal) || !Number.isSafeInteger(Number(decimal)))
    return undefined;
  return decimal;
}

/** Follows member names only; a path through `[*]` names no single value. */
function valueAt(args: JsonObject, path: ArgumentPath): JsonNode | undefined {
  let node: JsonNode | undefined = args;
  for (const step of path) {
    if (typeof step !== 'string' || !(node instanceof Map)) return undefined;
    node = node.get(step);
  }
  return node;
}
