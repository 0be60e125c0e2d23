// What came of decisions that were to be logged elsewhere, counted since this process started.

/** Why an event was left out for good. */
export const DROP_REASONS = [
  /** More came in a second than `max_decisions_per_second`. */
  'rate_limit',
  /** Alone it is over `upload_size_limit_bytes`. */
  'oversized',
  /** The policy says so: `system.log.drop`. */
  'drop_rule',
  /** `system.log.mask` or `system.log.drop` failed: what may be private stays here. */
  'rule_failed',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export interface LogCounts {
  readonly uploadedEvents: number;
  readonly uploadedChunks: number;
  readonly failedChunks: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
}

export interface LogCounters {
  uploaded(events: number): void;
  failed(): void;
  dropped(reason: DropReason): void;
  counts(): LogCounts;
}

export function createLogCounters(): LogCounters {
  const dropped: Record<DropReason, number> = { rate_limit: 0, oversized: 0, drop_rule: 0, rule_failed: 0 };
  let [uploadedEvents, uploadedChunks, failedChunks] = [0, 0, 0];
  return {
    uploaded: (events) => {
      uploadedEvents += events;
      uploadedChunks += 1;
    },
    failed: () => {
      failedChunks += 1;
    },
    dropped: (reason) => {
      dropped[reason] += 1;
    },
    counts: () => ({ uploadedEvents, uploadedChunks, failedChunks, dropped: { ...dropped } }),
  };
}
