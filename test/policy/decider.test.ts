// Decisions that are remembered by the policy's answer, or by its input, are those that asking and reading anew would give.
import { expect, test, vi } from 'vitest';
import { createDecider, printDecision } from '../../src/policy/decider.ts';
import { PolicyError } from '../../src/policy/policy-error.ts';
import { readDecision } from '../../src/policy/read-decision.ts';

function allowing(amount: number) {
  return { outcome: 'allow', violations: [], charges: [{ counter: 'c', amount }] };
}

function answerOf(decision: unknown): string {
  return JSON.stringify([{ result: decision }]);
}

test('an answer that came before gives the decision that it gave then', () => {
  const { decide } = createDecider((input) => input);
  for (const _time of [1, 2]) expect(decide(answerOf(allowing(1)))).toEqual(readDecision(allowing(1)));
  expect(decide(answerOf(allowing(1)))).toBe(decide(answerOf(allowing(1))));
});

test('every answer gives its own decision, however many there are, and however often they come', () => {
  const { decide } = createDecider((input) => input);
  for (const round of [1, 2, 3]) {
    for (let amount = 1; amount <= 300 * round; amount += 1) {
      expect(decide(answerOf(allowing(amount)))).toEqual(readDecision(allowing(amount)));
    }
  }
});

test('a decision that several calls share cannot be changed', () => {
  const { decide } = createDecider((input) => input);
  decide(answerOf(allowing(5)));
  const { charges = [] } = decide(answerOf(allowing(5)));
  const [charge] = charges as unknown as Array<{ amount: number }>;
  expect(() => Object.assign(charge ?? {}, { amount: 0 })).toThrow(TypeError);
  expect(() => (charges as unknown[]).push(charge)).toThrow(TypeError);
  expect(decide(answerOf(allowing(5))).charges).toEqual([{ counter: 'c', amount: 5 }]);
});

test('a long answer is read each time', () => {
  const { decide } = createDecider((input) => input);
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
  const { decide } = createDecider((input) => input);
  for (const _time of [1, 2]) expect(() => decide(answer)).toThrow(PolicyError);
});

test('an input that came lately is asked about once, where it may come again', () => {
  const ask = vi.fn((input: string) => answerOf(allowing(input.length)));
  const { decide, decideOnce } = createDecider(ask);
  expect(decideOnce('abc')).toEqual(decide('abc'));
  expect(decideOnce('abc')).toEqual(readDecision(allowing(3)));
  expect(ask).toHaveBeenCalledTimes(2);
});

test('every input gets its own decision, however many there are', () => {
  const { decideOnce } = createDecider((input) => answerOf(allowing(Number(input))));
  for (const _round of [1, 2]) {
    for (let amount = 1; amount <= 200; amount += 1)
      expect(decideOnce(String(amount))).toEqual(readDecision(allowing(amount)));
  }
});

test('a long input, and one that failed, are asked about each time', () => {
  const ask = vi.fn((input: string) => (input === 'fails' ? '[]' : answerOf(allowing(1))));
  const { decideOnce } = createDecider(ask);
  for (const _time of [1, 2]) {
    decideOnce('x'.repeat(5000));
    expect(() => decideOnce('fails')).toThrow(PolicyError);
  }
  expect(ask).toHaveBeenCalledTimes(4);
});

test('a decision is printed as it is, also one that changes', () => {
  const { decide } = createDecider((input) => input);
  decide(answerOf(allowing(5)));
  const shared = decide(answerOf(allowing(5)));
  for (const _time of [1, 2]) expect(printDecision(shared)).toBe(JSON.stringify(shared));
  const own = { ...shared, reason: 'a' };
  expect(printDecision(own)).toContain('"a"');
  own.reason = 'b';
  expect(printDecision(own)).toContain('"b"');
});
