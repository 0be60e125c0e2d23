// A state store that opens itself when first used, and anew after a fault that its connection may not survive.
//
//   closed ──call──▶ open ──corrupt, io, missing, schema, read-only──▶ closed, and every call fails until it opens again
//
// Nothing here retries an operation: each failure reaches its caller, which denies. What recovers is the next call.
import { wrapOperations } from './operations.ts';
import { StateError, type StateErrorCode, type StateStore } from './store.ts';

export interface OpenAttempt {
  /**
   * This process has had the store open before. A file that is gone or empty now must be refused then: starting it
   * afresh would forget what was spent.
   */
  readonly mustExist: boolean;
}

export type OpenStore = (attempt: OpenAttempt) => Promise<StateStore>;

/** At most one attempt to open in this time. */
const RETRY_MS = 500;

/** The store that works now, and how it is given up. */
interface Opening {
  /** Null where it must be acquired. */
  current(): StateStore | null;
  acquire(): Promise<StateStore>;
  /** Closes it if it is still the current one; the next `acquire` opens anew. */
  giveUp(store: StateStore, error: StateError): void;
  close(): Promise<void>;
}

export function openRecoveringStore(open: OpenStore, retryMs: number = RETRY_MS): StateStore {
  const opening = createOpening(open, retryMs);
  return {
    ...wrapOperations(async (operate) => {
      const store = opening.current() ?? (await opening.acquire());
      try {
        return await operate(store);
      } catch (error) {
        if (error instanceof StateError && isFatal(error.code)) opening.giveUp(store, error);
        throw error;
      }
    }),
    close: () => opening.close(),
  };
}

function createOpening(open: OpenStore, retryMs: number): Opening {
  let opened: StateStore | null = null;
  let underWay: Promise<StateStore> | null = null;
  let lastError: unknown = null;
  let hasOpened = false;
  let isClosed = false;
  let attemptAt = Number.NEGATIVE_INFINITY;

  const attempt = async (): Promise<StateStore> => {
    attemptAt = performance.now();
    try {
      opened = await open({ mustExist: hasOpened });
      hasOpened = true;
      return opened;
    } catch (error) {
      lastError = error;
      throw error;
    }
  };
  const settle = (): void => {
    underWay = null;
  };
  return {
    current: () => (isClosed ? null : opened),
    acquire: () => {
      if (isClosed) return Promise.reject(new StateError('io', 'the state store is closed', null));
      if (underWay === null && performance.now() - attemptAt < retryMs) return Promise.reject(lastError);
      underWay ??= attempt().finally(settle);
      return underWay;
    },
    giveUp: (store, error) => {
      if (opened !== store) return;
      opened = null;
      lastError = error;
      // What it says at its end is of no use any more: the fault itself has been reported.
      store.close().catch(() => undefined);
    },
    close: async () => {
      isClosed = true;
      await underWay?.catch(() => null);
      await opened?.close();
      opened = null;
    },
  };
}

/** Whether a new connection may succeed where this one failed; a lock or a full disk passes by itself. */
function isFatal(code: StateErrorCode): boolean {
  switch (code) {
    case 'locked':
    case 'full':
      return false;
    case 'read-only':
    case 'corrupt':
    case 'schema':
    case 'missing':
    case 'io':
      return true;
  }
}
