// Approvals as text and as JSON: golden files show them whole.
import { describe, expect, test } from 'vitest';
import { answerApproval } from '../../src/approvals/answer-approval.ts';
import type { Approval, CounterEffect, ListedStep } from '../../src/approvals/approval.ts';
import { type ApprovalDetails, approvalToJson } from '../../src/approvals/approval-to-json.ts';
import { explainAnswer } from '../../src/approvals/explain-answer.ts';
import { describeEffect, formatApproval, formatApprovalLine } from '../../src/approvals/format-approval.ts';
import { SAMPLE_TIME_MS, sampleCounter } from '../state/sample-batch.ts';
import { openWith } from './open-store.ts';
import { approvedSample, MINUTE_MS, sampleApproval } from './sample-approval.ts';

const SPENT: CounterEffect = {
  key: 'finance/pay/spend/day',
  rule: 'pay/cap',
  ...({ window: 'day', sliding: false, unit: 'amount' } as const),
  limit: 500_000,
  scale: 2,
  amount: 2000,
};
const CALLS: CounterEffect = {
  key: 'finance/pay/rate',
  rule: 'pay/#1',
  ...({ window: 'minute', sliding: true, unit: 'calls' } as const),
  limit: null,
  scale: 0,
  amount: 1,
};
const HOSTILE = '\u202e\u001b[31m\n⟦x⟧';

const PLAIN = sampleApproval({ effects: [SPENT, CALLS] });
const HOSTILE_APPROVAL = approvedSample({
  server: `s${HOSTILE}`,
  agent: `a${HOSTILE}`,
  session: `i${HOSTILE}`,
  tool: `t${HOSTILE}`,
  rule: `r${HOSTILE}`,
  reason: `"w"${HOSTILE}`,
  source: `f${HOSTILE}.yaml:1:1`,
  required: 2,
  approvers: ['alice', 'bob'],
  effects: [{ ...CALLS, key: `k${HOSTILE}` }],
});
const stepOf = (changes: Partial<ListedStep>): ListedStep => ({
  ...{ sequence: 1, approvalId: 'apr_1', atMs: SAMPLE_TIME_MS, step: 'requested', by: 'agent:payments-bot' },
  ...{ reason: null, decisionId: 'dec_1' },
  ...changes,
});
const DETAILS: ApprovalDetails = {
  arguments: '{"amount":20.00,"to":{"name":"Bob \u202e","tags":[]},"big":12345678901234567890}',
  steps: [
    stepOf({}),
    stepOf({ sequence: 2, step: 'approved', by: 'alice', reason: `fine${HOSTILE}`, decisionId: null }),
  ],
  counters: [
    sampleCounter(SPENT.key, {
      windowStartMs: SAMPLE_TIME_MS - (SAMPLE_TIME_MS % 86_400_000),
      value: 499_000,
    }),
  ],
};
const CASES: ReadonlyArray<readonly [string, Approval]> = [
  ['pending', PLAIN],
  ['approved', approvedSample({ required: 2, approvers: ['alice', 'bob'] })],
  ['half approved', sampleApproval({ required: 2, approvers: ['alice'] })],
  ['rejected', sampleApproval({ status: 'rejected', rejection: 'too much' })],
  ['expired', sampleApproval({ status: 'expired' })],
  ['consumed', approvedSample({ status: 'consumed' })],
  ['cancelled', sampleApproval({ status: 'cancelled' })],
  ['without a rule', sampleApproval({ rule: null, reason: null, source: null })],
  ['hostile', HOSTILE_APPROVAL],
  ['that fakes columns', sampleApproval({ agent: 'bot  finance/get', tool: 'pay"  x' })],
];

test('one line each, for a list', async () => {
  const lines = CASES.map(([name, approval]) => `# ${name}\n${formatApprovalLine(approval)}\n`);
  await expect(lines.join('')).toMatchFileSnapshot('golden/lines.txt');
});

test('one JSON object each, for programs', async () => {
  const lines = CASES.map(([, approval]) => approvalToJson(approval));
  for (const line of lines) expect(line).not.toContain('\n');
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/lines.jsonl');
});

test.each([
  ['plain', PLAIN],
  ['hostile', HOSTILE_APPROVAL],
  ['bare', sampleApproval({ rule: null, reason: null, source: null })],
])('whole, for people who decide: %s', async (name, approval) => {
  const details = name === 'bare' ? { arguments: '{}', steps: [], counters: [] } : DETAILS;
  const text = formatApproval(approval, details, SAMPLE_TIME_MS);
  expect(text).not.toMatch(/[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}/u);
  await expect(`${text}\n`).toMatchFileSnapshot(`golden/whole-${name}.txt`);
});

test('whole, for programs: the arguments keep every digit', async () => {
  const json = approvalToJson(PLAIN, DETAILS);
  expect(json).not.toContain('\n');
  expect(json).toContain(`"arguments":${DETAILS.arguments},`);
  expect(Object.keys(JSON.parse(json))).toEqual([
    ...Object.keys(JSON.parse(approvalToJson(PLAIN))),
    'arguments',
    'effects',
    'steps',
  ]);
  await expect(`${json}\n`).toMatchFileSnapshot('golden/whole.jsonl');
});

describe('what the call would add to a counter', () => {
  test.each<[string, Partial<CounterEffect>, number, string]>([
    ['an amount', {}, 499_000, '4990.00 + 20.00 = 5010.00 of 5000.00 a day'],
    ['an amount without decimals', { scale: 0, limit: 5000, amount: 20 }, 0, '0 + 20 = 20 of 5000 a day'],
    ['less than one unit', { scale: 3, limit: 1, amount: 5 }, 0, '0.000 + 0.005 = 0.005 of 0.001 a day'],
    ['calls', { unit: 'calls', limit: 60, amount: 1, window: 'hour' }, 59, '59 + 1 = 60 of 60 an hour'],
    ['no limit', { limit: null }, 0, '0.00 + 20.00 = 20.00 a day'],
    ['a sliding window', { sliding: true }, 0, '0.00 + 20.00 = 20.00 of 5000.00 a sliding day'],
  ])('%s', (_name, changes, now, expected) => {
    expect(describeEffect({ ...SPENT, ...changes }, now)).toBe(expected);
  });

  test('counts from zero once the window has rolled over', () => {
    const text = formatApproval(PLAIN, DETAILS, SAMPLE_TIME_MS + 24 * 60 * MINUTE_MS);
    expect(text).toContain('0.00 + 20.00 = 20.00 of 5000.00 a day');
  });
});

test.each([
  ['unknown', [], 'alice', 'there is no such request'],
  [
    'ended',
    [sampleApproval({ status: 'consumed' })],
    'alice',
    'the request is consumed: it cannot be answered any more',
  ],
  [
    'already-approved',
    [approvedSample()],
    'alice',
    'enough people have approved it already; only a rejection can still stop it',
  ],
  [
    'agreed-before',
    [sampleApproval({ required: 2, approvers: ['alice'] })],
    'alice',
    'alice has approved it already; each person counts once, somebody else must agree',
  ],
  [
    'own-agent',
    [sampleApproval()],
    'payments-bot',
    'payments-bot owns the agent payments-bot: somebody else must approve its calls',
  ],
])('an answer that is refused (%s) is explained', async (problem, approvals, name, expected) => {
  const store = await openWith(...approvals);
  const person = { name, ownerOf: [] };
  const nowMs = SAMPLE_TIME_MS + MINUTE_MS;
  const answered = await answerApproval(
    store,
    { id: 'apr_1', verdict: 'approve', person, reason: null },
    nowMs,
  );
  if (answered.ok) throw new Error('it was taken');
  expect(answered.problem).toBe(problem);
  expect(explainAnswer(answered, person)).toBe(expected);
});
