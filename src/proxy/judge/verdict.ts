// What goes into the judge and what comes out.
import type { CounterPlan } from '../../../compiler/model/manifest.ts';
import type { Decision } from '../../policy/decision.ts';
import type { CounterUse, ToolCall } from '../../policy/prepare-call.ts';
import type { Refusal } from './host-denial.ts';

export interface CallToJudge {
  readonly call: ToolCall;
  /** SHA-256 (hex) of the canonical arguments. */
  readonly digest: string;
  /** The approval that lets it through, used up in the same write; absent where there is none. */
  readonly approvalId?: string;
  /** Why it is denied whatever the policy says. */
  readonly refusal?: Refusal;
}

/** Of the limit that denied a call. */
export interface LimitFacts {
  readonly plan: CounterPlan;
  readonly limit: number;
  /** What is left in the window, never below 0; in the plan's unit. */
  readonly remaining: number;
  readonly resetsAtMs: number;
}

export interface ChargedCounter extends CounterUse {
  readonly amount: number;
  readonly atMs: number;
}

export interface Verdict {
  /** Decision id; in the journal unless `isJournalled` is false. */
  readonly id: string;
  readonly decision: Decision;
  readonly limit: LimitFacts | null;
  /** What was charged, for giving back; empty unless allowed. */
  readonly charged: readonly ChargedCounter[];
  /** What would be charged, were the call approved; empty unless it is held. */
  readonly wouldCharge: readonly ChargedCounter[];
  /** The policy that decided. */
  readonly revision: string;
  /** False: the journal could not be written, so the call is denied whatever the policy says. */
  readonly isJournalled: boolean;
}
