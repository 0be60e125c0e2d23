// What the parts of the console share.
import type { Person } from '../approvals/answer-approval.ts';
import type { StateStore } from '../state/store.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface ConsoleParts {
  readonly store: StateStore;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Who looks, and the secret that their forms carry. */
export interface Viewer {
  readonly person: Person;
  readonly csrf: string;
  readonly session: Session;
  /** Unix milliseconds: when the page was asked for. */
  readonly atMs: number;
}

export interface Session {
  readonly id: string;
  /** An approver's, or the operator's. */
  readonly holder: string;
  readonly untilMs: number;
}
