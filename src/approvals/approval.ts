// An approval: the request to humans to let one exact call through, and their answer.
//
//   pending ──enough agree──▶ approved ──the call is sent──▶ consumed
//      │                         └──time to use is over──▶ expired
//      ├──one rejects (also when approved)──▶ rejected
//      ├──time to decide is over──▶ expired
//      └──the client cancels or goes away──▶ cancelled
import type { Window } from '../../compiler/model/policy.ts';

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'consumed' | 'cancelled';

/** What the call would add to a counter, in the counter's unit, were it let through. */
export interface CounterEffect {
  readonly key: string;
  readonly rule: string;
  readonly window: Window;
  readonly sliding: boolean;
  readonly limit: number | null;
  readonly unit: 'calls' | 'amount';
  /** Decimals of an amount: 50000 at scale 2 is 500.00. */
  readonly scale: number;
  readonly amount: number;
}

/** What binds an approval to one exact call, judged by one exact policy. */
export interface ApprovalBinding {
  readonly server: string;
  readonly agent: string;
  readonly tool: string;
  /** SHA-256 (hex) of the canonical arguments. */
  readonly argumentsDigest: string;
  /** Revision of the bundle that asked for the approval. */
  readonly revision: string;
}

export interface Approval extends ApprovalBinding {
  /** `apr_…` */
  readonly id: string;
  readonly status: ApprovalStatus;
  readonly session: string;
  /** The rule that asks, why, and its place in the policy (`finance.yaml:19:9`). */
  readonly rule: string | null;
  readonly reason: string | null;
  readonly source: string | null;
  /** The decision that held the call. */
  readonly decisionId: string;
  /** How many humans must agree. */
  readonly required: number;
  /** Those who agreed, each once, in the order of time. */
  readonly approvers: readonly string[];
  readonly requestedMs: number;
  /** Why it was rejected, where somebody said so. */
  readonly rejection: string | null;
  /** The time to decide ends here, */
  readonly decideByMs: number;
  /** and the time to use so long after enough agreed. */
  readonly useWithinMs: number;
  /** Null until enough agreed. */
  readonly useByMs: number | null;
  readonly effects: readonly CounterEffect[];
  /** Of the arguments, which are stored beside the approval. */
  readonly argumentsBytes: number;
}

export type ApprovalStepKind = 'requested' | 'approved' | 'rejected' | 'expired' | 'consumed' | 'cancelled';

/** One entry of an approval's own journal; steps are never changed or removed. */
export interface ApprovalStep {
  readonly approvalId: string;
  readonly atMs: number;
  /** `approved` stands once for each person who agreed. */
  readonly step: ApprovalStepKind;
  /** A person, `agent:NAME`, or `regent` where time decided. */
  readonly by: string;
  readonly reason: string | null;
  /** The decision that asked for it or used it. */
  readonly decisionId: string | null;
}

export interface ListedStep extends ApprovalStep {
  /** Ascending over all approvals. */
  readonly sequence: number;
}

/** New contents of an approval, and the step that led to them. */
export interface ApprovalWrite {
  readonly approval: Approval;
  readonly step: ApprovalStep;
  /** JSON text without white space, as sent otherwise; only where the approval is new. */
  readonly arguments?: string;
}

export interface ApprovalFilter {
  readonly statuses?: readonly ApprovalStatus[];
  /** Only those whose time to decide, or to use once approved, is over then. */
  readonly dueMs?: number;
  readonly limit?: number;
}

/** Which approvals a change looks at. */
export type ApprovalSelect =
  | { readonly id: string }
  /**
   * Those of an agent that matter now: pending, approved, and, while the time to decide is not over, rejected ones and
   * those of the last minute that were cancelled.
   */
  | { readonly server: string; readonly agent: string; readonly nowMs: number }
  /** Pending and approved ones whose time is over. */
  | { readonly dueMs: number };

/** A person who may answer; the token by which they are known is kept by nobody. */
export interface Approver {
  readonly id: string;
  readonly name: string;
  /** Names or globs of agents that are theirs, with whichever token: calls of these they cannot approve. */
  readonly ownerOf: readonly string[];
  readonly createdMs: number;
}
