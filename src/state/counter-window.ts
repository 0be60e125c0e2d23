// What a counter is worth at a moment: pure arithmetic on counter records, for aligned and for sliding windows.
//
// Every doubt leaves the counter higher. A clock that steps back is held at the latest time the record has seen, so it
// neither empties a window nor reopens one. Totals stop at 2^53-1 instead of losing digits.
import type { Window } from '../../compiler/model/policy.ts';
import { addToSliding, slidingResetsAt, slidingValueAt, takeFromSliding } from './sliding-window.ts';
import type { CounterRecord } from './store.ts';

export interface WindowSpec {
  readonly window: Window;
  readonly sliding: boolean;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday: weeks start three days before it. */
const MONDAY_OFFSET_MS = 3 * DAY_MS;
const LENGTH_MS = {
  second: SECOND_MS,
  minute: 60 * SECOND_MS,
  hour: 3600 * SECOND_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
} as const satisfies Partial<Record<Window, number>>;

/** Start of the UTC-aligned window that `atMs` falls into. Weeks start on Monday. */
export function windowStart(window: Window, atMs: number): number {
  if (window === 'month') {
    const at = new Date(atMs);
    return Date.UTC(at.getUTCFullYear(), at.getUTCMonth());
  }
  const length = LENGTH_MS[window];
  const offset = window === 'week' ? MONDAY_OFFSET_MS : 0;
  return Math.floor((atMs + offset) / length) * length - offset;
}

/** First millisecond after the UTC-aligned window that `atMs` falls into. */
export function windowEnd(window: Window, atMs: number): number {
  const start = windowStart(window, atMs);
  if (window !== 'month') return start + LENGTH_MS[window];
  const at = new Date(start);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1);
}

/** What counts at `nowMs`: 0 once the window has rolled over. */
export function valueAt(record: CounterRecord, spec: WindowSpec, nowMs: number): number {
  if (spec.sliding) return slidingValueAt(record, spec.window, nowMs);
  return currentStart(record, spec.window, nowMs) === record.windowStartMs ? record.value : 0;
}

/** The record with one more charge; its version stays the one that was read. */
export function addCharge(
  record: CounterRecord,
  spec: WindowSpec,
  nowMs: number,
  amount: number,
): CounterRecord {
  if (spec.sliding) return addToSliding(record, spec.window, nowMs, amount);
  const value = Math.min(valueAt(record, spec, nowMs) + amount, Number.MAX_SAFE_INTEGER);
  const { key, version, buckets } = record;
  return { key, version, windowStartMs: currentStart(record, spec.window, nowMs), value, buckets };
}

/**
 * The record without a charge that was made at `chargedAtMs`; unchanged where that window is no longer the current one.
 * A charge made while the clock was back counts in a later window than its own time says: it is not given back.
 */
export function takeBack(
  record: CounterRecord,
  spec: WindowSpec,
  chargedAtMs: number,
  amount: number,
): CounterRecord {
  if (spec.sliding) return takeFromSliding(record, spec.window, chargedAtMs, amount);
  if (windowStart(spec.window, chargedAtMs) !== record.windowStartMs) return record;
  return { ...record, value: Math.max(0, record.value - amount) };
}

/** When the counter empties (aligned) or next falls (sliding), in Unix milliseconds. */
export function resetsAt(record: CounterRecord, spec: WindowSpec, nowMs: number): number {
  if (spec.sliding) return slidingResetsAt(record, spec.window, nowMs);
  return windowEnd(spec.window, currentStart(record, spec.window, nowMs));
}

function currentStart(record: CounterRecord, window: Window, nowMs: number): number {
  return Math.max(record.windowStartMs, windowStart(window, nowMs));
}
