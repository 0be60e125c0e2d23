// Slows down whoever tries tokens. Tokens are 256 random bits, so this is for the log and the load, not for secrecy: a
// good token is taken at any time, since a limit that locks people out would be a way for others to lock them out.

export interface FailedSignIns {
  /** One more; how long to wait before the next try, 0 where that is not asked. */
  add(): number;
}

const FAILURES_MAX = 10;
const WINDOW_MS = 60_000;

/** `onLimit` is called once a window. */
export function createFailedSignIns(now: () => number, onLimit: () => void): FailedSignIns {
  let startMs = Number.NEGATIVE_INFINITY;
  let failures = 0;
  return {
    add: () => {
      if (Math.abs(now() - startMs) >= WINDOW_MS) [startMs, failures] = [now(), 0];
      failures += 1;
      if (failures === FAILURES_MAX + 1) onLimit();
      return failures > FAILURES_MAX ? startMs + WINDOW_MS - now() : 0;
    },
  };
}
