// Window arithmetic against a plain log of what was charged when.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Window } from '../../compiler/model/policy.ts';
import {
  addCharge,
  resetsAt,
  takeBack,
  valueAt,
  windowEnd,
  windowStart,
} from '../../src/state/counter-window.ts';
import type { CounterRecord } from '../../src/state/store.ts';

const WINDOWS = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const satisfies readonly Window[];
const NEW: CounterRecord = { key: 'a', version: 0, windowStartMs: 0, value: 0, buckets: [] };
const at = (iso: string): number => Date.parse(iso);

describe('aligned windows', () => {
  const cases: ReadonlyArray<readonly [Window, string, string, string]> = [
    ['second', '2026-11-22T15:04:07.999Z', '2026-11-22T15:04:07Z', '2026-11-22T15:04:08Z'],
    ['minute', '2026-11-22T15:04:00.000Z', '2026-11-22T15:04:00Z', '2026-11-22T15:05:00Z'],
    ['hour', '2026-12-31T23:59:59.999Z', '2026-12-31T23:00:00Z', '2027-01-01T00:00:00Z'],
    ['day', '2024-02-29T12:00:00Z', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['week', '2026-11-22T23:59:59.999Z', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['week', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['week', '2027-01-01T00:00:00Z', '2026-12-28T00:00:00Z', '2027-01-04T00:00:00Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['month', '2028-02-29T00:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
  ];
  test.each(cases)('the %s of %s starts %s and ends %s', (window, now, start, end) => {
    expect(windowStart(window, at(now))).toBe(at(start));
    expect(windowEnd(window, at(now))).toBe(at(end));
    expect(windowEnd(window, at(end) - 1)).toBe(at(end));
    expect(windowStart(window, at(end))).toBe(at(end));
  });

  test.each(WINDOWS)('a %s counts until it ends, and says when', (window) => {
    const spec = { window, sliding: false };
    const now = at('2026-11-22T15:04:07.500Z');
    const record = addCharge(addCharge(NEW, spec, now, 3), spec, now, 4);
    const end = resetsAt(record, spec, now);
    expect(end).toBe(windowEnd(window, now));
    expect(valueAt(record, spec, end - 1)).toBe(7);
    expect(valueAt(record, spec, end)).toBe(0);
    expect(addCharge(record, spec, end, 1)).toMatchObject({ value: 1, windowStartMs: end });
  });

  test('a charge is taken back only while its window is the current one', () => {
    const spec = { window: 'day', sliding: false } as const;
    const evening = at('2026-11-22T23:59:59Z');
    const night = at('2026-11-23T00:00:01Z');
    const charged = addCharge(NEW, spec, evening, 5);
    expect(takeBack(charged, spec, evening, 5).value).toBe(0);
    expect(takeBack(charged, spec, evening, 6).value).toBe(0);
    const next = addCharge(charged, spec, night, 2);
    expect(takeBack(next, spec, evening, 5)).toEqual(next);
  });

  test('a clock that steps back keeps the count, and charges into the same window', () => {
    const spec = { window: 'hour', sliding: false } as const;
    const now = at('2026-11-22T15:30:00Z');
    const back = at('2026-11-22T13:30:00Z');
    const record = addCharge(NEW, spec, now, 5);
    expect(valueAt(record, spec, back)).toBe(5);
    expect(resetsAt(record, spec, back)).toBe(at('2026-11-22T16:00:00Z'));
    const charged = addCharge(record, spec, back, 2);
    expect(valueAt(charged, spec, now)).toBe(7);
    expect(takeBack(charged, spec, back, 2)).toEqual(charged);
  });
});

describe('sliding windows', () => {
  test.each([
    ['second', 1000, 20],
    ['minute', 60_000, 1000],
    ['hour', 3_600_000, 60_000],
    ['day', 86_400_000, 24 * 60_000],
    ['week', 7 * 86_400_000, 168 * 60_000],
    ['month', 30 * 86_400_000, 720 * 60_000],
  ] as const)(
    'a %s of %d ms lets a charge go once its step of %d ms has wholly left',
    (window, lengthMs, stepMs) => {
      const spec = { window, sliding: true };
      const start = Math.ceil(at('2026-11-22T15:04:07Z') / stepMs) * stepMs;
      const record = addCharge(addCharge(NEW, spec, start + 1, 3), spec, start + stepMs - 1, 4);
      expect(record.buckets).toEqual([[start, 7]]);
      expect(resetsAt(record, spec, start + stepMs)).toBe(start + stepMs + lengthMs);
      expect(valueAt(record, spec, start + stepMs + lengthMs - 1)).toBe(7);
      expect(valueAt(record, spec, start + stepMs + lengthMs)).toBe(0);
    },
  );

  test('an empty one resets now', () => {
    expect(resetsAt(NEW, { window: 'day', sliding: true }, 5000)).toBe(5000);
  });

  test('a clock that steps back keeps every bucket, and charges into the newest', () => {
    const spec = { window: 'minute', sliding: true } as const;
    const record = addCharge(addCharge(NEW, spec, 100_000, 1), spec, 120_000, 2);
    expect(valueAt(record, spec, 10_000)).toBe(3);
    expect(addCharge(record, spec, 10_000, 4).buckets).toEqual([
      [100_000, 1],
      [120_000, 6],
    ]);
    expect(takeBack(record, spec, 120_500, 2)).toMatchObject({ value: 1, buckets: [[100_000, 1]] });
    expect(takeBack(record, spec, 60_000, 2)).toEqual(record);
  });
});

/** What happens to a counter: the clock moves by `moveMs`, then a charge is made, or the n-th one is given back. */
type Step =
  | { readonly moveMs: number; readonly charge: number }
  | { readonly moveMs: number; readonly takeBack: number };

const TYPICAL_MS: Record<Window, number> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};
const SLIDING_STEP_MS: Record<Window, number> = {
  second: 20,
  minute: 1000,
  hour: 60_000,
  day: 24 * 60_000,
  week: 168 * 60_000,
  month: 720 * 60_000,
};

interface Charged {
  /** The latest time that the clock had shown when it was made. */
  readonly heldMs: number;
  amount: number;
}

const windows = fc.constantFrom(...WINDOWS);
function stepsOf(window: Window, minMove: number): fc.Arbitrary<Step[]> {
  const length = TYPICAL_MS[window];
  const moveMs = fc.oneof(
    fc.integer({ min: 0, max: Math.ceil(length / 20) }),
    fc.integer({ min: Math.floor(minMove * length), max: 2 * length }),
  );
  const charge = fc.record({ moveMs, charge: fc.integer({ min: 1, max: 100 }) });
  const back = fc.record({ moveMs, takeBack: fc.nat(40) });
  return fc.array(fc.oneof({ arbitrary: charge, weight: 4 }, { arbitrary: back, weight: 1 }), {
    maxLength: 60,
  });
}
const anyRun = (minMove: number) =>
  windows.chain((window) => fc.tuple(fc.constant(window), stepsOf(window, minMove)));

/** Calls `check` after each step with the counter's value and the log of what is still charged. */
function replay(
  spec: { window: Window; sliding: boolean },
  steps: readonly Step[],
  check: (value: number, log: readonly Charged[], nowMs: number, record: CounterRecord) => void,
): void {
  let record = NEW;
  let nowMs = at('2026-10-31T21:13:05.123Z');
  let heldMs = Number.NEGATIVE_INFINITY;
  const log: Array<Charged & { chargedAtMs: number }> = [];
  for (const step of steps) {
    nowMs += step.moveMs;
    if ('charge' in step) {
      heldMs = Math.max(heldMs, nowMs);
      record = addCharge(record, spec, nowMs, step.charge);
      log.push({ heldMs, chargedAtMs: nowMs, amount: step.charge });
    } else {
      const charge = log[step.takeBack];
      if (charge !== undefined) {
        record = takeBack(record, spec, charge.chargedAtMs, charge.amount);
        charge.amount = 0;
      }
    }
    check(valueAt(record, spec, nowMs), log, Math.max(heldMs, nowMs), record);
  }
}

/** The window's name, found by calendar text instead of arithmetic. */
function calendarWindow(window: Window, atMs: number): string {
  if (window === 'week') {
    const day = new Date(atMs);
    while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() - 1);
    return day.toISOString().slice(0, 10);
  }
  const digits = { second: 19, minute: 16, hour: 13, day: 10, month: 7 }[window];
  return new Date(atMs).toISOString().slice(0, digits);
}

const total = (log: readonly Charged[]): number => log.reduce((sum, { amount }) => sum + amount, 0);

describe('against a log of charges', () => {
  test('an aligned counter is the sum of its window, while the clock only advances', () => {
    fc.assert(
      fc.property(anyRun(0), ([window, steps]) => {
        replay({ window, sliding: false }, steps, (value, log, nowMs) => {
          const current = calendarWindow(window, nowMs);
          expect(value).toBe(total(log.filter(({ heldMs }) => calendarWindow(window, heldMs) === current)));
        });
      }),
    );
  });

  test('an aligned counter never falls below the sum of its window, wherever the clock goes', () => {
    fc.assert(
      fc.property(anyRun(-2), ([window, steps]) => {
        replay({ window, sliding: false }, steps, (value, log, nowMs) => {
          const current = calendarWindow(window, nowMs);
          const due = total(log.filter(({ heldMs }) => calendarWindow(window, heldMs) === current));
          expect(value).toBeGreaterThanOrEqual(due);
        });
      }),
    );
  });

  test('a sliding counter lies between the sums of its window and of one step more, in few buckets', () => {
    fc.assert(
      fc.property(anyRun(0), ([window, steps]) => {
        const length = TYPICAL_MS[window];
        replay({ window, sliding: true }, steps, (value, log, nowMs, record) => {
          const since = (ms: number): number => total(log.filter(({ heldMs }) => heldMs >= nowMs - ms));
          expect(value).toBeGreaterThanOrEqual(since(length));
          expect(value).toBeLessThanOrEqual(since(length + SLIDING_STEP_MS[window]));
          expect(record.buckets.length).toBeLessThanOrEqual(62);
        });
      }),
    );
  });

  test('a sliding counter never falls below the sum of its window, wherever the clock goes', () => {
    fc.assert(
      fc.property(anyRun(-2), ([window, steps]) => {
        replay({ window, sliding: true }, steps, (value, log, nowMs) => {
          const due = total(log.filter(({ heldMs }) => heldMs >= nowMs - TYPICAL_MS[window]));
          expect(value).toBeGreaterThanOrEqual(due);
        });
      }),
    );
  });

  test('no window of its length ever holds more than the cap that a sliding counter keeps', () => {
    fc.assert(
      fc.property(anyRun(0), fc.integer({ min: 100, max: 400 }), ([window, steps], cap) => {
        const spec = { window, sliding: true };
        const allowed: Charged[] = [];
        let record = NEW;
        let heldMs = at('2026-11-22T15:04:07Z');
        for (const step of steps) {
          heldMs += step.moveMs;
          if (!('charge' in step) || valueAt(record, spec, heldMs) + step.charge > cap) continue;
          record = addCharge(record, spec, heldMs, step.charge);
          allowed.push({ heldMs, amount: step.charge });
          const inWindow = allowed.filter((charge) => charge.heldMs >= heldMs - TYPICAL_MS[window]);
          expect(total(inWindow)).toBeLessThanOrEqual(cap);
        }
      }),
    );
  });

  test('totals stop at 2^53-1 instead of losing digits', () => {
    for (const sliding of [false, true]) {
      const spec = { window: 'day', sliding } as const;
      const nearly = addCharge(NEW, spec, 1000, Number.MAX_SAFE_INTEGER - 1);
      expect(addCharge(nearly, spec, 1000, 1).value).toBe(Number.MAX_SAFE_INTEGER);
      const full = addCharge(addCharge(nearly, spec, 1000, 5), spec, 86_000_000, 5);
      expect(full.value).toBe(Number.MAX_SAFE_INTEGER);
      expect(valueAt(full, spec, 86_000_000)).toBe(Number.MAX_SAFE_INTEGER);
    }
  });
});
