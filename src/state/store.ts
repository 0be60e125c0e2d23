// The state store's interface: versioned counters and the journal, changed together or not at all.
//
// A store knows nothing of windows, rules or clocks. Every counter is a record with a version; a commit names the
// versions that its decisions were made on, and is refused whole when any of them has moved (optimistic concurrency).
// That is one statement in SQLite and PostgreSQL, and one script in Redis.
import type { CounterPlan } from '../../compiler/model/manifest.ts';
import type { Outcome } from '../../compiler/model/policy.ts';
import type {
  Approval,
  ApprovalFilter,
  ApprovalSelect,
  ApprovalWrite,
  Approver,
  ListedStep,
} from '../approvals/approval.ts';
import type { JournalEntry, JournalFilter, JournalResult, JournalRow } from '../journal/journal-row.ts';
import type { DeliveryStore } from './delivery.ts';
import type { UploadStore } from './upload.ts';

/** A part of a sliding window: what was charged from `startMs` on, for one step of the window. */
export type Bucket = readonly [startMs: number, amount: number];

/** What a counter holds. Values are whole numbers of at most 2^53-1. */
export interface CounterRecord {
  readonly key: string;
  /** 0: the store has no such counter yet. Each commit that writes it adds one. */
  readonly version: number;
  /** Start of the aligned window that `value` belongs to, in Unix milliseconds. */
  readonly windowStartMs: number;
  readonly value: number;
  /** Only in sliding windows; oldest first. `value` is their sum then. */
  readonly buckets: readonly Bucket[];
}

/** Decisions that are written together. Committed in order, in one transaction. */
export interface CommitBatch {
  readonly rows: readonly JournalRow[];
  /** The versions that the decisions rest on. */
  readonly reads: ReadonlyArray<{ readonly key: string; readonly version: number }>;
  /** The counters' new contents; `version` is the one that was read (the store adds one). */
  readonly writes: readonly CounterRecord[];
  /** Changes of approvals; only in `commitLocked`, which has read them in the same transaction: `commit` refuses them. */
  readonly approvals?: readonly ApprovalWrite[];
}

export type CommitResult = { readonly status: 'committed' } | { readonly status: 'overtaken' };

export interface CounterStore {
  /** The records of these keys, absent ones as version 0, in the order asked. */
  read(keys: readonly string[]): Promise<CounterRecord[]>;
  /** Those whose key starts with `prefix`, by key. */
  listCounters(prefix: string, limit: number): Promise<CounterRecord[]>;
  /** All of the batch or nothing. Throws `StateError` where the store cannot be written. */
  commit(batch: CommitBatch): Promise<CommitResult>;
  /**
   * As `commit`, but no other writer can come between: takes the write lock, reads the counters and the approvals of
   * these ids, lets `build` (synchronous) make the batch from them, and commits it. For calls that were overtaken once,
   * and for those that use an approval.
   */
  commitLocked(keys: readonly string[], build: BuildLocked, approvalIds?: readonly string[]): Promise<void>;
}

/** Approvals that the store does not have are left out. */
export type BuildLocked = (records: CounterRecord[], approvals: readonly Approval[]) => CommitBatch;

export interface JournalStore {
  /** Adds what came of journalled calls; off the call's path. Unknown ids are ignored. */
  settle(results: readonly JournalResult[]): Promise<void>;
  /** Rows in the order of their decisions, oldest first, after `filter.afterSequence`. */
  list(filter: JournalFilter): Promise<JournalEntry[]>;
  /** Of the newest row; 0 where there is none. Every row up to it can be listed: followers go on from there. */
  latestSequence(): Promise<number>;
  /** How many decisions of each outcome there were in each step of time from `sinceMs` on; steps without any are left out. */
  countOutcomes(range: CountRange): Promise<OutcomeCount[]>;
}

export interface CountRange {
  readonly sinceMs: number;
  readonly stepMs: number;
}

export interface OutcomeCount {
  /** Start of the step. */
  readonly atMs: number;
  readonly outcome: Outcome;
  readonly count: number;
}

/** A token by which an agent is known; the token itself is kept by nobody. */
export interface AgentToken {
  /** Public: tells the tokens of one agent apart. */
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
}

export interface AgentStore {
  /** `digest` is SHA-256 (hex) of the token. */
  addAgentToken(token: AgentToken & { readonly digest: string }): Promise<void>;
  /** The agent whose token has this digest; null where there is none. */
  findAgent(digest: string): Promise<string | null>;
  /** By name, then by age. */
  listAgentTokens(): Promise<AgentToken[]>;
  /** Those of an agent, or the one of this id; how many there were. */
  removeAgentTokens(name: string, id: string | null): Promise<number>;
}

export interface ApprovalStore {
  /** Those that there are, in no order. */
  readApprovals(ids: readonly string[]): Promise<Approval[]>;
  /** Under the write lock: `change` (synchronous) says what becomes of those that it gets; all of it or nothing. */
  changeApprovals(
    select: ApprovalSelect,
    change: (found: readonly Approval[]) => readonly ApprovalWrite[],
  ): Promise<void>;
  /** The newest first. */
  listApprovals(filter: ApprovalFilter): Promise<Approval[]>;
  /** JSON text without white space, as sent otherwise, or its beginning; null where there is no such approval. */
  readApprovalArguments(id: string, maxCharacters?: number): Promise<string | null>;
  /** In the order in which they were made. */
  listSteps(filter: StepFilter): Promise<ListedStep[]>;
  /** Sequence of the newest step; 0 where there is none. */
  latestStep(): Promise<number>;
}

export interface StepFilter {
  readonly approvalId?: string;
  readonly afterSequence?: number;
  readonly limit?: number;
}

export interface ApproverStore {
  /** `digest` is SHA-256 (hex) of the token. */
  addApprover(approver: Approver & { readonly digest: string }): Promise<void>;
  findApprover(digest: string): Promise<Approver | null>;
  /** By name, then by age: a person may have several tokens, and owns with each what was said of any. */
  listApprovers(): Promise<Approver[]>;
  /** All tokens of a person; how many there were. */
  removeApprovers(name: string): Promise<number>;
}

/** What a policy in force was made from, for people who look at decisions later. */
export interface PolicyRecord {
  readonly revision: string;
  readonly server: string;
  readonly atMs: number;
  /** YAML as it stood in the files, and the Rego of the bundle. */
  readonly sources: ReadonlyArray<{ readonly name: string; readonly text: string }>;
  readonly rego: ReadonlyArray<{ readonly name: string; readonly text: string }>;
  /** The counters that the policy keeps. */
  readonly counters: readonly CounterPlan[];
}

export interface RecordStore {
  /** Replaces the record of the same revision and server. */
  keepPolicy(record: PolicyRecord): Promise<void>;
  readPolicy(revision: string, server: string): Promise<PolicyRecord | null>;
  /** For each server the one that was kept last, by the server's name. */
  newestPolicies(): Promise<PolicyRecord[]>;
  /** A secret of this state file, 32 random bytes in base64url; made when first asked for. */
  readSecret(name: string): Promise<string>;
  /** Somebody signed out of the console: no process takes this session any more. Those that time has ended are forgotten. */
  endSession(session: EndedSession): Promise<void>;
  isSessionEnded(id: string): Promise<boolean>;
}

export interface EndedSession {
  readonly id: string;
  /** When it would have ended by itself. */
  readonly untilMs: number;
  readonly nowMs: number;
}

export interface StateStore
  extends CounterStore,
    JournalStore,
    AgentStore,
    ApprovalStore,
    ApproverStore,
    RecordStore,
    DeliveryStore,
    UploadStore {
  close(): Promise<void>;
}

export type StateErrorCode = 'locked' | 'read-only' | 'full' | 'corrupt' | 'schema' | 'missing' | 'io';

/** The store could not do what was asked; the message says what to do about it. */
export class StateError extends Error {
  readonly code: StateErrorCode;

  constructor(code: StateErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StateError';
    this.code = code;
  }
}
