// Chunks of events: every event once, in order, within the limit; and the rate of events.
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventRate } from '../../../src/journal/upload/event-rate.ts';
import { type EventText, packEvents } from '../../../src/journal/upload/pack-events.ts';

async function pack(
  events: readonly EventText[],
  maxBytes: number,
): Promise<{ packed: number[]; sizes: number[]; oversized: number[]; lasts: number[] }> {
  const oversized: number[] = [];
  const [packed, sizes, lasts]: [number[], number[], number[]] = [[], [], []];
  for await (const { body, count, lastSequence } of packEvents(events, maxBytes, ({ sequence }) =>
    oversized.push(sequence),
  )) {
    const array = JSON.parse(gunzipSync(body).toString()) as Array<{ n: number }>;
    expect(array).toHaveLength(count);
    packed.push(...array.map(({ n }) => n));
    sizes.push(body.length);
    lasts.push(lastSequence);
  }
  return { packed, sizes, oversized, lasts };
}

test('every event is in one chunk, in order and within the limit, or too long for any', async () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ maxLength: 400 }),
    fc.constant('x'.repeat(3000)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 60 }),
      fc.integer({ min: 90, max: 1500 }),
      async (texts, maxBytes) => {
        const events = texts.map((note, index) => ({
          sequence: index + 1,
          text: JSON.stringify({ n: index + 1, note }),
        }));
        const { packed, sizes, oversized, lasts } = await pack(events, maxBytes);
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(maxBytes);
        expect([...packed, ...oversized].sort((a, b) => a - b)).toEqual(
          events.map(({ sequence }) => sequence),
        );
        expect(packed).toEqual([...packed].sort((a, b) => a - b));
        expect(lasts.at(-1) ?? packed.at(-1)).toBe(packed.at(-1));
        for (const sequence of oversized) {
          const alone = await pack([{ ...(events[sequence - 1] as EventText) }], maxBytes);
          expect(alone.packed).toEqual([]);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('chunks are filled: compressible events do not travel one by one', async () => {
  const events = Array.from({ length: 2000 }, (_, n) => ({
    sequence: n + 1,
    text: JSON.stringify({ n: n + 1, note: 'a'.repeat(200) }),
  }));
  const { sizes, packed } = await pack(events, 32_768);
  expect(packed).toHaveLength(2000);
  expect(sizes.length).toBeLessThanOrEqual(6);
});

test('so many in a second are admitted, by the time of the decisions, and a retry asks for no second token', () => {
  const rate = createEventRate(2);
  const admitted = (times: readonly number[], from: number): boolean[] =>
    times.map((atMs, index) => rate.admits(from + index, atMs));
  expect(admitted([0, 0, 0, 400, 500, 5000, 5000, 5000], 1)).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
    true,
    false,
  ]);
  expect(admitted([0, 0, 0, 400, 500, 5000, 5000, 5000], 1)).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
    true,
    false,
  ]);
  rate.settle(8);
  expect(admitted([4000, 6000], 9)).toEqual([false, true]);
});

test('less than one in a second is possible', () => {
  const rate = createEventRate(0.5);
  expect([0, 1000, 2000, 3000].map((atMs, index) => rate.admits(index + 1, atMs))).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
