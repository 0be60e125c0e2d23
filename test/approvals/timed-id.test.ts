// Ids of decisions and approvals: nobody else's, and in the order of time.
import { expect, test } from 'vitest';
import { createTimedId } from '../../src/approvals/timed-id.ts';

/** 2026-11-22T15:04:00Z */
const NOW_MS = 1_795_359_840_000;

test('an id is its time and 80 random bits, and no two are alike', () => {
  const ids = Array.from({ length: 5000 }, () => createTimedId('dec', NOW_MS));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^dec_01a203c91700[0-9a-f]{20}$/);
  const [first = '', ...others] = ids.map((id) =>
    BigInt(`0x${id.slice(-20)}`)
      .toString(2)
      .padStart(80, '0'),
  );
  // No bit is the same in all of them.
  const isFixed = [...first].some((bit, at) => others.every((bits) => bits[at] === bit));
  expect(isFixed).toBe(false);
});

test('ids sort by time', () => {
  const times = [0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1, 2 ** 32, NOW_MS, NOW_MS + 1, 253_402_300_799_999];
  const ids = times.map((atMs) => createTimedId('dec', atMs));
  expect([...ids].sort()).toEqual(ids);
});

test('a clock that was never set still gives ids', () => {
  expect(createTimedId('dec', -86_400_000)).toMatch(/^dec_0{12}[0-9a-f]{20}$/);
});
