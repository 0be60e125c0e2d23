// Sees the answers that other processes write: asks for all the approvals that somebody here waits for, in one statement.
import type { ApprovalStore } from '../state/store.ts';
import type { Approval } from './approval.ts';

export interface ApprovalWatch {
  /** `onChange` gets the approval once it is pending no more. Ends the watching. */
  watch(id: string, onDecided: (approval: Approval) => void): () => void;
  /** How many here wait for it. */
  countOf(id: string): number;
}

/** From an answer to the call at the server should be no longer than people notice. */
const POLL_MS = 20;

export function createApprovalWatch(store: ApprovalStore): ApprovalWatch {
  const watchers = new Map<string, Set<(approval: Approval) => void>>();
  let isPolling = false;

  /** A store that fails now may work the next time; who waits has a timer of their own. */
  const poll = async (): Promise<void> => {
    const found = await store.readApprovals([...watchers.keys()]).catch(() => []);
    for (const approval of found) {
      if (approval.status === 'pending') continue;
      for (const onDecided of watchers.get(approval.id) ?? []) onDecided(approval);
    }
    if (watchers.size > 0) schedule();
    else isPolling = false;
  };
  const schedule = (): void => {
    isPolling = true;
    setTimeout(() => void poll(), POLL_MS);
  };
  return {
    countOf: (id) => watchers.get(id)?.size ?? 0,
    watch: (id, onDecided) => {
      const listeners = watchers.get(id) ?? new Set();
      watchers.set(id, listeners.add(onDecided));
      if (!isPolling) schedule();
      return () => {
        listeners.delete(onDecided);
        if (listeners.size === 0) watchers.delete(id);
      };
    },
  };
}
