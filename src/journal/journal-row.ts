// The journal's rows: one for each decision, enough to compute the decision again from the row alone.
import type { Outcome } from '../../compiler/model/policy.ts';

export interface JournalRow {
  /** Decision id, `dec_…`, unique. */
  readonly id: string;
  readonly atMs: number;
  readonly server: string;
  readonly agent: string;
  readonly session: string;
  readonly tool: string;
  readonly outcome: Outcome;
  readonly rule: string | null;
  readonly reason: string | null;
  /** Revision of the bundle that decided. */
  readonly revision: string;
  /** SHA-256 (hex) of the full arguments in canonical form. */
  readonly argumentsDigest: string;
  /** The decision's exact input and output, JSON text. */
  readonly input: string;
  readonly output: string;
}

/** What came of a call once it was decided. */
export type CallResult =
  /** The server answered with a result. */
  | 'answered'
  /** The server's result had `isError: true`. */
  | 'tool-error'
  /** The server answered with a JSON-RPC error. */
  | 'error'
  /** The server ended before it answered. */
  | 'server-died'
  /** Never forwarded; its charges were given back. */
  | 'not-sent'
  /** Humans let it through: another decision, with the approval in its input, says how it went on. */
  | 'hold-approved'
  | 'hold-rejected'
  /** The client was told that the approval is pending; the same call sent again goes on from there. */
  | 'hold-pending'
  /** Nobody agreed in time. */
  | 'hold-expired'
  /** No approval was asked for: too many wait already, or nobody could read the arguments. */
  | 'hold-refused'
  /** The client cancelled, or went away, while the call was held. */
  | 'hold-void';

export interface JournalResult {
  readonly id: string;
  readonly result: CallResult;
  readonly atMs: number;
}

/** A row as it is read back. */
export interface JournalEntry extends JournalRow {
  readonly sequence: number;
  readonly result: CallResult | null;
  readonly resultAtMs: number | null;
}

export interface JournalFilter {
  readonly afterSequence?: number;
  readonly beforeSequence?: number;
  readonly newestFirst?: boolean;
  readonly sinceMs?: number;
  /** Glob over tool names. */
  readonly tool?: string;
  readonly server?: string;
  readonly agent?: string;
  readonly outcome?: Outcome;
  readonly limit?: number;
}
