// Reads what the policy answered as a decision: checked field by field, lists sorted, keys in a fixed order, so that
// equal decisions are equal bytes wherever they were made.
import { DURATION_MAX_MS } from '../../compiler/model/parse-duration.ts';
import type { ApprovalNeed, Charge, Decision, Violation } from './decision.ts';
import { PolicyError } from './policy-error.ts';

const OUTCOMES = ['allow', 'deny', 'require_approval'] as const;

// Far over what rules say and ask for: a decision of anybody's Rego stays small enough to be shown and journalled.
const TEXT_MAX = 16_384;
const ITEMS_MAX = 10_000;
const APPROVERS_MAX = 1000;

/** Throws `PolicyError('evaluation-failed')` where the answer is no decision: the call is denied then. */
export function readDecision(answer: unknown): Decision {
  const fields = asObject(answer, 'decision');
  const outcome = OUTCOMES.find((known) => known === fields.outcome);
  if (outcome === undefined) throw noDecision('outcome');
  const shadow = readViolations(fields.shadow ?? [], 'shadow');
  const violations = readViolations(fields.violations ?? [], 'violations');
  if (outcome === 'allow' && violations.length > 0) throw noDecision('allowed with violations');
  const rule = readOptionalText(fields.rule, 'rule');
  const reason = readOptionalText(fields.reason, 'reason');
  const source = readOptionalText(fields.source, 'source');
  // What most calls get, in the same order without the cost of spreading.
  if (outcome === 'allow' && shadow.length === 0) {
    return { outcome, rule, reason, source, violations, charges: readCharges(fields.charges ?? []) };
  }
  return {
    outcome,
    rule,
    reason,
    source,
    ...(outcome === 'require_approval' ? readMetadata(fields) : {}),
    violations,
    ...(shadow.length > 0 ? { shadow } : {}),
    ...(outcome === 'allow' ? { charges: readCharges(fields.charges ?? []) } : {}),
    ...(outcome === 'require_approval' ? { approval: readApproval(fields.approval) } : {}),
  };
}

function readViolations(value: unknown, field: string): Violation[] {
  const items = asList(value, field);
  if (items.length === 0) return [];
  const violations = items.map((item): Violation => {
    const members = asObject(item, field);
    const { rule, reason, source, counter, limit } = members;
    return {
      rule: readText(rule, `${field}.rule`),
      reason: readText(reason, `${field}.reason`),
      source: readText(source, `${field}.source`),
      ...readMetadata(members),
      ...(counter === undefined ? {} : { counter: readText(counter, `${field}.counter`) }),
      ...(limit === undefined ? {} : { limit: readWhole(limit, `${field}.limit`) }),
    };
  });
  return violations.sort((a, b) => compareText(a.rule, b.rule));
}

function readMetadata({
  title,
  description,
}: Record<string, unknown>): Pick<Violation, 'title' | 'description'> {
  return {
    ...(title === undefined ? {} : { title: readText(title, 'title') }),
    ...(description === undefined ? {} : { description: readText(description, 'description') }),
  };
}

/** Charges of one counter add up. */
function readCharges(value: unknown): Charge[] {
  const items = asList(value, 'charges');
  if (items.length === 0) return [];
  const amounts = new Map<string, number>();
  for (const item of items) {
    const { counter, amount } = asObject(item, 'charges');
    const key = readText(counter, 'charges.counter');
    const sum = (amounts.get(key) ?? 0) + readWhole(amount, 'charges.amount');
    amounts.set(key, readWhole(sum, 'charges.amount'));
  }
  const charges: Charge[] = [];
  for (const [counter, amount] of amounts) if (amount > 0) charges.push({ counter, amount });
  return charges.sort((a, b) => compareText(a.counter, b.counter));
}

function readApproval(value: unknown): ApprovalNeed {
  const { timeout_ms, required } = asObject(value, 'approval');
  return {
    timeout_ms: readTimeout(timeout_ms),
    required: readApprovers(required),
  };
}

/** What ends after the last date cannot be shown to anybody. */
function readTimeout(value: unknown): number {
  const timeoutMs = readWhole(value, 'approval.timeout_ms');
  if (timeoutMs > DURATION_MAX_MS) throw noDecision('approval.timeout_ms');
  return timeoutMs;
}

/** From 1 on: a call that nobody must approve is no held call. */
function readApprovers(value: unknown): number {
  const number = readWhole(value, 'approval.required');
  if (number < 1 || number > APPROVERS_MAX) throw noDecision('approval.required');
  return number;
}

function readText(value: unknown, field: string): string {
  if (typeof value !== 'string' || value.length > TEXT_MAX) throw noDecision(field);
  return value;
}

function readOptionalText(value: unknown, field: string): string | null {
  return value === null || value === undefined ? null : readText(value, field);
}

function readWhole(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw noDecision(field);
  return value;
}

function asList(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value) || value.length > ITEMS_MAX) throw noDecision(field);
  return value;
}

function asObject(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw noDecision(field);
  return value as Record<string, unknown>;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function noDecision(field: string): PolicyError {
  return new PolicyError('evaluation-failed', `the policy gave no decision that Regent can read (${field})`);
}
