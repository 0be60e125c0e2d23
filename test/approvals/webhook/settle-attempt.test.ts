// When a delivery is tried again, and when it is given up.
import { describe, expect, test } from 'vitest';
import type { PostResult } from '../../../src/approvals/webhook/post-event.ts';
import { RETRY_PLAN, settleAttempt } from '../../../src/approvals/webhook/settle-attempt.ts';
import type { Delivery } from '../../../src/state/delivery.ts';

const NOW = Date.UTC(2026, 10, 22, 15, 4);
const WAITING: Delivery = { step: 1, status: 'waiting', attempts: 0, atMs: 0, nextMs: 0, detail: null };
const answered = (status: number, retryAfter: string | null = null): PostResult => ({
  kind: 'answered',
  status,
  retryAfter,
  text: '',
});

function after(result: PostResult, attempts = 0, random = 0.5): Delivery {
  return settleAttempt({ ...WAITING, attempts }, { result, nowMs: NOW, random, plan: RETRY_PLAN });
}

test('waits twice as long after each attempt, to an hour at most, and fails after sixteen: about five hours', () => {
  const waits: number[] = [];
  let delivery = WAITING;
  let nowMs = NOW;
  while (delivery.status === 'waiting') {
    delivery = settleAttempt(delivery, { result: answered(503), nowMs, random: 0.5, plan: RETRY_PLAN });
    waits.push((delivery.nextMs - nowMs) / 1000);
    nowMs = delivery.nextMs;
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600, 3600, 0]);
  expect(delivery).toMatchObject({ status: 'failed', attempts: 16 });
  expect((nowMs - NOW) / 3_600_000).toBeCloseTo(5.1, 1);
});

test('spreads each wait by a fifth to both sides', () => {
  const [low, high] = [0, 1].map((random) => after(answered(500), 4, random).nextMs - NOW);
  expect([low, high]).toEqual([25_600, 38_400]);
});

describe('Retry-After', () => {
  test.each([
    ['seconds', '120', 120_000],
    ['less than the own back-off', '1', 32_000],
    ['more than an hour', '86400', 3_600_000],
    ['a date', 'Sun, 22 Nov 2026 15:06:00 GMT', 120_000],
    ['a date that is over', 'Sun, 22 Nov 2026 15:00:00 GMT', 32_000],
    ['no time at all', 'soon', 32_000],
    ['a negative number', '-5', 32_000],
    ['a date of another form', '2026-11-22', 32_000],
    ['nothing', null, 32_000],
  ])('that says %s', (_name, text, waitMs) => {
    for (const status of [429, 503]) expect(after(answered(status, text), 4).nextMs - NOW).toBe(waitMs);
  });
});

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [304, 'failed'],
  [400, 'failed'],
  [403, 'failed'],
  [408, 'waiting'],
  [410, 'failed'],
  [422, 'failed'],
  [425, 'waiting'],
  [429, 'waiting'],
  [500, 'waiting'],
  [599, 'waiting'],
])('status %i means %s', (status, expected) => {
  expect(after(answered(status))).toMatchObject({ status: expected, attempts: 1, atMs: NOW });
});

test('what the receiver said is kept to 200 characters', () => {
  const result: PostResult = { kind: 'answered', status: 400, retryAfter: null, text: 'é😀'.repeat(500) };
  expect(after(result).detail).toBe(`status 400: ${'é😀'.repeat(100)}…`);
});
