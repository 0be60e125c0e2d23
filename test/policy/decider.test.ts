// Decisions that are remembered by the policy's answer are those that reading it anew would give.
import { expect, test } from 'vitest';
import { createDecider } from '../../src/policy/decider.ts';
import { PolicyError } from '../../src/policy/policy-error.ts';
import { readDecision } from '../../src/policy/read-decision.ts';

function allowing(amount: number) {
  return { outcome: 'allow', violations: [], charges: [{ counter: 'c', amount }] };
}

function answerOf(decision: unknown): string {
  return JSON.stringify([{ result: decision }]);
}

test('an answer that came before gives the decision that it gave then', () => {
  const decide = createDecider((input) => input);
  const first = decide(answerOf(allowing(1)));
  expect(decide(answerOf(allowing(1)))).toBe(first);
  expect(first).toEqual(readDecision(allowing(1)));
});

test('every answer gives its own decision, however many there are, and however often they come', () => {
  const decide = createDecider((input) => input);
  for (const round of [1, 2, 3]) {
    for (let amount = 1; amount <= 300 * round; amount += 1) {
      expect(decide(answerOf(allowing(amount)))).toEqual(readDecision(allowing(amount)));
    }
  }
});

test('a decision that several calls share cannot be changed', () => {
  const decide = createDecider((input) => input);
  const { charges = [] } = decide(answerOf(allowing(5)));
  const [charge] = charges as unknown as Array<{ amount: number }>;
  expect(() => Object.assign(charge ?? {}, { amount: 0 })).toThrow(TypeError);
  expect(() => (charges as unknown[]).push(charge)).toThrow(TypeError);
  expect(decide(answerOf(allowing(5))).charges).toEqual([{ counter: 'c', amount: 5 }]);
});

test('a long answer is read each time', () => {
  const decide = createDecider((input) => input);
  const denying = { outcome: 'deny', rule: 'r', reason: 'x'.repeat(5000), violations: [] };
  expect(decide(answerOf(denying))).not.toBe(decide(answerOf(denying)));
  expect(decide(answerOf(denying))).toEqual(readDecision(denying));
});

test.each([
  ['no JSON', '[{'],
  ['no value', '[]'],
  ['no list', '{"result":{"outcome":"allow"}}'],
  ['no decision', answerOf({ outcome: 'perhaps' })],
  [
    'an allowed call with violations',
    answerOf({ outcome: 'allow', violations: [{ rule: 'r', reason: 'x', source: '' }] }),
  ],
])('an answer with %s decides nothing, also when it comes again', (_, answer) => {
  const decide = createDecider((input) => input);
  for (const _time of [1, 2]) expect(() => decide(answer)).toThrow(PolicyError);
});
