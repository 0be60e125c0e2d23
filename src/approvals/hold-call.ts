// Holds a call that needs a human until its time is over. Nobody can approve yet: a hold ends expired or void.

/** `expired`: nobody approved in time. `void`: the client cancelled or went away; the call must never run. */
export type HoldEnd = 'expired' | 'void';

/** Resolves after `timeoutMs`, or at once when `signal` aborts. */
export function holdCall(timeoutMs: number, signal: AbortSignal): Promise<HoldEnd> {
  return new Promise((resolve) => {
    const end = (how: HoldEnd): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(how);
    };
    const onAbort = (): void => end('void');
    const timer = setTimeout(() => end('expired'), Math.min(timeoutMs, TIMER_MAX_MS));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
}

/** Node fires timers beyond 2^31-1 ms at once. */
const TIMER_MAX_MS = 2_147_483_647;
