// `max_decisions_per_second`: a bucket of tokens that fills with the time at which decisions were made, so that how fast
// they are uploaded does not matter.

export interface EventRate {
  /** Whether this decision may be logged; the same answer again, until it is settled. */
  admits(sequence: number, atMs: number): boolean;
  /** Decisions up to this one are not asked about again. */
  settle(sequence: number): void;
}

export function createEventRate(perSecond: number | null): EventRate {
  if (perSecond === null) return { admits: () => true, settle: () => {} };
  const capacity = Math.max(1, Math.floor(perSecond));
  const refused = new Set<number>();
  let tokens = capacity;
  let filledMs = Number.NEGATIVE_INFINITY;
  let newest = 0;

  const take = (atMs: number): boolean => {
    const passedMs = Math.max(0, atMs - filledMs);
    tokens = Math.min(capacity, tokens + (passedMs / 1000) * perSecond);
    filledMs = Math.max(filledMs, atMs);
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
  return {
    admits: (sequence, atMs) => {
      if (sequence > newest && !take(atMs)) refused.add(sequence);
      newest = Math.max(newest, sequence);
      return !refused.has(sequence);
    },
    settle: (sequence) => {
      for (const other of refused) if (other <= sequence) refused.delete(other);
    },
  };
}
