// The words of a decision: its input and output, version 1 (design section 4).
import type { Outcome } from '../../compiler/model/policy.ts';

/** The agent's id where none is named (design section 1). */
export const ANONYMOUS = 'anonymous';

export interface Agent {
  readonly id: string;
  /** JSON text of the claims; `{}` where there are none. */
  readonly claims: string;
}

/** One moment in UTC, as policies see it. */
export interface Clock {
  readonly unix: number;
  /** `2026-11-22` */
  readonly date: string;
  /** `sunday` */
  readonly weekday: string;
  readonly minute_of_day: number;
}

export interface Violation {
  readonly rule: string;
  readonly reason: string;
  readonly source: string;
  /** METADATA of a hand-written rule, where it has some. */
  readonly title?: string;
  readonly description?: string;
  /** Present where the failing check is a limit. */
  readonly counter?: string;
  readonly limit?: number;
}

export interface Charge {
  readonly counter: string;
  readonly amount: number;
}

export interface ApprovalNeed {
  readonly timeout_ms: number;
  readonly required: number;
}

/** What the policy says of one tool call. Key order is fixed, lists are sorted: equal decisions are equal bytes. */
export interface Decision {
  readonly outcome: Outcome;
  /** The deciding rule; null for a plain allow. Built-in rules have no slash: `default-deny`, `hidden`, … */
  readonly rule: string | null;
  readonly reason: string | null;
  readonly source: string | null;
  /** Of a hand-written rule that holds the call; those that deny it have theirs in `violations`. */
  readonly title?: string;
  readonly description?: string;
  readonly violations: readonly Violation[];
  /** Rules in `mode: shadow` that would have denied or held; present where there are any. */
  readonly shadow?: readonly Violation[];
  readonly charges?: readonly Charge[];
  readonly approval?: ApprovalNeed;
}
