// Sliding windows in buckets of about a sixtieth of their length.
//
//        ├──────────── window ────────────┤now
//   [bucket][bucket] … [bucket][bucket][bucket]
//    └ counts until all of it has left the window
//
// A bucket counts whole for as long as any part of it could lie in the window, so no stretch of that length ever holds
// more than the cap; the price is that room comes back up to one step late. `windowStartMs` of a sliding record is the
// start of the newest bucket ever charged: the time that a clock stepping back is held at.
import type { Window } from '../../compiler/model/policy.ts';
import type { Bucket, CounterRecord } from './store.ts';

/** A month slides over 30 days. */
const STEPS = {
  second: { stepMs: 20, lengthMs: 1000 },
  minute: { stepMs: 1000, lengthMs: 60_000 },
  hour: { stepMs: 60_000, lengthMs: 3_600_000 },
  day: { stepMs: 24 * 60_000, lengthMs: 86_400_000 },
  week: { stepMs: 168 * 60_000, lengthMs: 7 * 86_400_000 },
  month: { stepMs: 720 * 60_000, lengthMs: 30 * 86_400_000 },
} as const satisfies Record<Window, { stepMs: number; lengthMs: number }>;

export function slidingValueAt(record: CounterRecord, window: Window, nowMs: number): number {
  return sum(liveBuckets(record, window, nowMs));
}

export function addToSliding(
  record: CounterRecord,
  window: Window,
  nowMs: number,
  amount: number,
): CounterRecord {
  const start = Math.max(record.windowStartMs, bucketStart(window, nowMs));
  const live = liveBuckets(record, window, nowMs);
  const current = live.find(([startMs]) => startMs === start)?.[1] ?? 0;
  const older = live.filter(([startMs]) => startMs !== start);
  const buckets = [...older, [start, Math.min(current + amount, Number.MAX_SAFE_INTEGER)] as const];
  return { ...record, windowStartMs: start, value: sum(buckets), buckets };
}

/** Taking from an older bucket than the one that was charged only makes the rest count longer, never shorter. */
export function takeFromSliding(
  record: CounterRecord,
  window: Window,
  chargedAtMs: number,
  amount: number,
): CounterRecord {
  const start = bucketStart(window, chargedAtMs);
  const buckets = record.buckets
    .map((bucket): Bucket => (bucket[0] === start ? [start, Math.max(0, bucket[1] - amount)] : bucket))
    .filter(([, left]) => left > 0);
  return { ...record, value: sum(buckets), buckets };
}

export function slidingResetsAt(record: CounterRecord, window: Window, nowMs: number): number {
  const [oldest] = liveBuckets(record, window, nowMs);
  return oldest === undefined ? nowMs : leavesAt(window, oldest);
}

function bucketStart(window: Window, atMs: number): number {
  const { stepMs } = STEPS[window];
  return Math.floor(atMs / stepMs) * stepMs;
}

function leavesAt(window: Window, [startMs]: Bucket): number {
  const { stepMs, lengthMs } = STEPS[window];
  return startMs + stepMs + lengthMs;
}

function liveBuckets(record: CounterRecord, window: Window, nowMs: number): readonly Bucket[] {
  const heldMs = Math.max(nowMs, record.windowStartMs);
  return record.buckets.filter((bucket) => leavesAt(window, bucket) > heldMs);
}

function sum(buckets: readonly Bucket[]): number {
  return buckets.reduce((total, [, amount]) => Math.min(total + amount, Number.MAX_SAFE_INTEGER), 0);
}
