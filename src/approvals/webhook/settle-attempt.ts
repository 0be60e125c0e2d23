// What becomes of a delivery after an attempt: delivered, tried again later, or failed.
//
//   2xx ─▶ delivered          3xx, 4xx ─▶ failed: the same would be answered again
//   5xx, 408, 425, 429, no answer ─▶ waits twice as long each time, or as long as the receiver asks ─▶ … ─▶ failed
import type { Delivery } from '../../state/delivery.ts';
import { cutText } from './cut-text.ts';
import type { PostResult } from './post-event.ts';

export interface RetryPlan {
  /** After the first attempt; doubled after each. */
  readonly firstMs: number;
  readonly longestMs: number;
  readonly attemptsMax: number;
}

/** The last attempt comes about five hours after the first one. */
export const RETRY_PLAN: RetryPlan = { firstMs: 2000, longestMs: 60 * 60_000, attemptsMax: 16 };

export interface Attempt {
  readonly result: PostResult;
  readonly nowMs: number;
  /** From 0 to 1. */
  readonly random: number;
  readonly plan: RetryPlan;
}

const TEXT_MAX = 200;
/** Of the 4xx, those that say nothing against the message. */
const PASSING = [408, 425, 429];

export function settleAttempt(before: Delivery, { result, nowMs, random, plan }: Attempt): Delivery {
  const attempts = before.attempts + 1;
  const made = { ...before, attempts, atMs: nowMs, nextMs: nowMs, detail: detailOf(result) };
  if (result.kind === 'answered' && result.status >= 200 && result.status < 300) {
    return { ...made, status: 'delivered' };
  }
  if (!isPassing(result)) return { ...made, status: 'failed' };
  if (attempts >= plan.attemptsMax) {
    return { ...made, status: 'failed', detail: `${made.detail}; attempt ${attempts} was the last one` };
  }
  return { ...made, status: 'waiting', nextMs: nowMs + waitMs(attempts, { result, nowMs, random, plan }) };
}

function isPassing(result: PostResult): boolean {
  return result.kind === 'unanswered' || result.status >= 500 || PASSING.includes(result.status);
}

/** A fifth more or less, so that what failed together does not come back together. */
function waitMs(attempts: number, { result, nowMs, random, plan }: Attempt): number {
  const backOff = Math.min(plan.firstMs * 2 ** (attempts - 1), plan.longestMs) * (0.8 + 0.4 * random);
  const asked = result.kind === 'answered' ? readRetryAfter(result.retryAfter, nowMs) : 0;
  return Math.round(Math.max(backOff, Math.min(asked, plan.longestMs)));
}

/** Seconds, or a date of HTTP; 0 where it says neither. */
function readRetryAfter(text: string | null, nowMs: number): number {
  if (text === null) return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = /GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - nowMs);
}

function detailOf(result: PostResult): string {
  if (result.kind === 'unanswered') return result.why;
  const { status, text } = result;
  if (status >= 300 && status < 400) return `status ${status}: redirects are not followed`;
  const isGood = status >= 200 && status < 300;
  return isGood || text === '' ? `status ${status}` : `status ${status}: ${cutText(text, TEXT_MAX)}`;
}
