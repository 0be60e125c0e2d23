// Tool calls that were read and not sent yet: a cancellation that arrives meanwhile makes them void.

export type VoidReason = 'cancelled' | 'client-gone' | 'server-gone';

export interface CallsInFlight {
  /** The signal aborts, with a `VoidReason`, when the call can no longer run. Ids may be in use twice. */
  begin(key: string | null): { readonly signal: AbortSignal; end(): void };
  /** False where no call of that id is waiting: the cancellation is for the server then. */
  cancel(key: string): boolean;
  voidAll(reason: VoidReason): void;
}

export function createCallsInFlight(): CallsInFlight {
  const calls = new Map<AbortController, string | null>();
  return {
    begin: (key) => {
      const controller = new AbortController();
      calls.set(controller, key);
      return { signal: controller.signal, end: () => void calls.delete(controller) };
    },
    cancel: (key) => {
      const cancelled = [...calls].filter(([, waiting]) => waiting === key);
      for (const [controller] of cancelled) controller.abort('cancelled' satisfies VoidReason);
      return cancelled.length > 0;
    },
    voidAll: (reason) => {
      for (const controller of calls.keys()) controller.abort(reason);
    },
  };
}
