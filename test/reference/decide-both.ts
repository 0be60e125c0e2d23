// One generated call, decided by the compiled policy and by the reference evaluator.
import type { Policy } from '../../compiler/model/policy.ts';
import { JsonNumber, type JsonObject } from '../../src/policy/arguments/json-node.ts';
import type { LoadedPolicy } from '../../src/policy/bundle/load-bundle.ts';
import { clockAt } from '../../src/policy/clock.ts';
import type { Decision } from '../../src/policy/decision.ts';
import { PolicyError } from '../../src/policy/policy-error.ts';
import type { GivenApproval, PreparedCall } from '../../src/policy/prepare-call.ts';
import { type GeneratedCall, hasAmbiguousKey, readObject } from './arbitrary-call.ts';
import { minorUnits } from './decimal.ts';
import { type Expected, evaluate } from './evaluate.ts';

export interface BothDecisions {
  readonly seen: Expected;
  readonly expected: Expected;
  /** What the compiled policy was asked; asking again must give the same bytes. */
  readonly input: string;
  readonly decision: Decision;
}

/** null where the host denies before the policy is asked, as it may with keys that differ only in case. */
export function decideBoth(loaded: LoadedPolicy, policy: Policy, call: GeneratedCall): BothDecisions | null {
  const args = readObject(call.argumentsText);
  const prepared = prepare(loaded, call, args);
  if (prepared === null) return null;
  const values = prepared.counters.map(({ plan }, index) => {
    const step = plan.unit === 'amount' ? amountOf(args, plan.scale) : 1;
    return counterValue(plan.limit, step, call.distances[index % call.distances.length] ?? 0);
  });
  const clock = clockAt(call.clockMs);
  const input = prepared.input(clock, values, approvalBy(call.approvers));
  const decision = loaded.decide(input);
  const counters = new Map(prepared.counters.map(({ key }, index) => [key, values[index] ?? 0]));
  const { server, tool, agentId, session, approvers } = call;
  const asked = { server, tool, agentId, session, approvers, clock, counters };
  const expected = evaluate([policy], { ...asked, arguments: args, claims: readObject(call.claims) });
  return { seen: summarize(decision, expected), expected, input, decision };
}

function prepare(loaded: LoadedPolicy, call: GeneratedCall, args: JsonObject): PreparedCall | null {
  const agent = { id: call.agentId, claims: call.claims };
  try {
    return loaded.prepare({
      server: call.server,
      agent,
      session: call.session,
      tool: call.tool,
      arguments: args,
    });
  } catch (error) {
    const isExpected =
      error instanceof PolicyError && error.code === 'arguments-ambiguous' && hasAmbiguousKey(args);
    if (isExpected) return null;
    throw error;
  }
}

/** The decision in the form of the reference's answer; a reason is compared where the policy words it. */
function summarize(decision: Decision, { onDeny }: Expected): Expected {
  return {
    outcome: decision.outcome,
    rule: decision.rule,
    source: decision.source,
    onDeny: onDeny === null ? null : decision.reason,
    violations: decision.violations.map(({ rule }) => rule),
    shadow: (decision.shadow ?? []).map(({ rule }) => rule),
    charges: decision.charges ?? null,
    approval: decision.approval ?? null,
  };
}

function amountOf(args: JsonObject, scale: number): number {
  const amount = args.get('amount');
  return amount instanceof JsonNumber ? Number(minorUnits(amount.text, scale) ?? 1) : 1;
}

/** 0: this call would reach the limit exactly; 1: pass it by one unit; 2: it is reached; 3: one unit is left. */
function counterValue(limit: number | null, step: number, distance: number): number {
  if (limit === null) return Math.max(0, distance);
  if (distance < 0) return 0;
  const value = distance === 2 ? limit : limit - step + ([0, 1, 0, -1][distance] ?? 0);
  return Math.min(Math.max(value, 0), Number.MAX_SAFE_INTEGER);
}

function approvalBy(approvers: number | null): GivenApproval | null {
  if (approvers === null) return null;
  return { id: 'a-1', approvers: Array.from({ length: approvers }, (_, index) => `human-${index}`) };
}
