// The state store's interface: versioned counters and the journal, changed together or not at all.
//
// A store knows nothing of windows, rules or clocks. Every counter is a record with a version; a commit names the
// versions that its decisions were made on, and is refused whole when any of them has moved (optimistic concurrency).
// That is one statement in SQLite and PostgreSQL, and one script in Redis.
import type { JournalEntry, JournalFilter, JournalResult, JournalRow } from '../journal/journal-row.ts';

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
}

export type CommitResult = { readonly status: 'committed' } | { readonly status: 'overtaken' };

export interface CounterStore {
  /** The records of these keys, absent ones as version 0, in the order asked. */
  read(keys: readonly string[]): Promise<CounterRecord[]>;
  /** All of the batch or nothing. Throws `StateError` where the store cannot be written. */
  commit(batch: CommitBatch): Promise<CommitResult>;
  /**
   * As `commit`, but no other writer can come between: takes the write lock, reads the keys, lets `build` (synchronous)
   * make the batch from them, and commits it. For calls that were overtaken once.
   */
  commitLocked(keys: readonly string[], build: (records: CounterRecord[]) => CommitBatch): Promise<void>;
}

export interface JournalStore {
  /** Adds what came of journalled calls; off the call's path. Unknown ids are ignored. */
  settle(results: readonly JournalResult[]): Promise<void>;
  /** Rows in the order of their decisions, oldest first, after `filter.afterSequence`. */
  list(filter: JournalFilter): Promise<JournalEntry[]>;
  /** Of the newest row; 0 where there is none. Every row up to it can be listed: followers go on from there. */
  latestSequence(): Promise<number>;
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

export interface StateStore extends CounterStore, JournalStore, AgentStore {
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
