// The sidecar's side of approvals: asks for them, and holds calls until humans have answered.
import type { ApprovalStore } from '../state/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { cancelApproval, expireOverdue } from './answer-approval.ts';
import type { Approval, ApprovalStatus } from './approval.ts';
import { createApprovalWatch } from './approval-watch.ts';
import {
  type ApprovalLimits,
  type ApprovalRequest,
  type RequestedApproval,
  requestApproval,
} from './request-approval.ts';

/**
 * How the approval stands then: `pending` where the bounded wait is over and nobody has answered, `consumed` where
 * another call has used it. `void`: the client cancelled or went away.
 */
export type HoldEnd = ApprovalStatus | 'void';

export interface Hold {
  /** The bounded wait; the approval itself may last longer. */
  readonly maxMs: number;
  readonly signal: AbortSignal;
}

export interface ApprovalRegistry {
  /** Throws `StateError`. */
  request(request: ApprovalRequest): Promise<RequestedApproval>;
  /** Never rejects. A hold that is void cancels the approval, unless another call here waits for it. */
  hold(approval: Approval, hold: Hold): Promise<HoldOutcome>;
  /** Never rejects. Its client gives it up: cancelled, unless another call here waits for it. */
  withdraw(id: string): Promise<void>;
}

export interface HoldOutcome {
  readonly end: HoldEnd;
  /** As it stands then. */
  readonly approval: Approval;
}

export interface RegistryParts {
  readonly store: ApprovalStore;
  readonly limits: ApprovalLimits;
  readonly now: () => number;
  readonly log: Logger;
}

export function createApprovalRegistry({ store, limits, now, log }: RegistryParts): ApprovalRegistry {
  const watch = createApprovalWatch(store);
  const warn = (error: unknown): void =>
    log.warn({ err: error }, 'an approval could not be brought up to date');

  const withdraw = async (id: string): Promise<void> => {
    if (watch.countOf(id) === 0) await cancelApproval(store, id, now()).catch(warn);
  };
  /** The time to decide is over: the last answer that is written counts, and a store that fails means no. */
  const endDue = async (approval: Approval): Promise<HoldOutcome> => {
    try {
      await expireOverdue(store, now());
      const [last] = await store.readApprovals([approval.id]);
      if (last !== undefined) return { end: last.status, approval: last };
    } catch (error) {
      warn(error);
    }
    return { end: 'expired', approval };
  };
  return {
    withdraw,
    request: (request) => requestApproval(request, { store, limits, nowMs: now() }),
    hold: async (approval, { maxMs, signal }) => {
      const leftMs = Math.max(0, approval.decideByMs - now());
      // Timers may fire a moment early, when the time to decide is not quite over: the last wait is longer than that.
      const waitMs = Math.min(leftMs + 1, maxMs, TIMER_MAX_MS);
      const first = await firstOf(approval, { watch, waitMs, signal });
      if (first === 'void') {
        await withdraw(approval.id);
        return { end: 'void', approval };
      }
      if (first !== 'over') return { end: first.status, approval: first };
      return leftMs <= maxMs ? endDue(approval) : { end: 'pending', approval };
    },
  };
}

/** Node fires timers beyond 2^31-1 ms at once. */
const TIMER_MAX_MS = 2_147_483_647;

interface Wait {
  readonly watch: ReturnType<typeof createApprovalWatch>;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** `over` when the wait is. */
function firstOf({ id }: Approval, { watch, waitMs, signal }: Wait): Promise<Approval | 'over' | 'void'> {
  return new Promise((resolve) => {
    const end = (how: Approval | 'over' | 'void'): void => {
      clearTimeout(timer);
      stopWatching();
      signal.removeEventListener('abort', onAbort);
      resolve(how);
    };
    const onAbort = (): void => end('void');
    const timer = setTimeout(() => end('over'), waitMs);
    const stopWatching = watch.watch(id, end);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
}
