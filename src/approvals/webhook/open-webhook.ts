// Tells a webhook of every step of approvals, beside the proxy: takes steps from the store, posts them, and tries again.
//
//   step in the store ──claim (lease)──▶ post ──▶ delivered | waiting until … | failed
//
// At least once: where a process dies between the receiver's answer and the store's write, the step is posted again
// after its lease, by whichever sidecar comes first, under the same id.
import { setTimeout as sleep } from 'node:timers/promises';
import { expireOverdue } from '../answer-approval.ts';
import { deliverStep } from './deliver-step.ts';
import { createDeliveryQueue, type DeliveryQueue } from './delivery-queue.ts';
import type { WebhookParts } from './webhook-parts.ts';

export interface Webhook {
  /** What has just happened still gets a moment; what is left is for the next sidecar. */
  close(): Promise<void>;
}

/** People look at their chat as soon as it makes a noise: the page must be there, no more. */
const POLL_MS = 200;
/** After a fault of the store. */
const FAULT_MS = 1000;
/** Whoever waits inline for an answer expires with the wait; the rest expires here. */
const EXPIRE_MS = 1000;
const PARALLEL_MAX = 8;
/** Longer than the store waits for its lock. */
const SETTLE_MS = 5000;
/** Clients give a server two seconds to end. */
const LAST_MS = 500;
/** What has happened while no sidecar ran is told by the next one, */
const PAST_MS = 7 * 24 * 60 * 60_000;
/** but a webhook that is new does not begin with a week that is over. */
const NEW_PAST_MS = 10 * 60_000;

export function openWebhook(parts: WebhookParts): Webhook {
  const stop = new AbortController();
  const warn = createWarning(parts);
  const queue = createDeliveryQueue(PARALLEL_MAX, (delivery) =>
    deliverStep(parts, delivery, stop.signal).catch(warn),
  );
  const look = createLook(parts, queue);
  let timer: NodeJS.Timeout | null = null;
  let isClosing = false;

  /** Gives how long to wait before the next one. Never rejects. */
  const lookOnce = (): Promise<number> =>
    look().then(
      (found) => {
        warn(null);
        // There may be more, unless as much as may be is under way.
        return found > 0 && queue.free() > 0 ? 0 : POLL_MS;
      },
      (error: unknown) => {
        warn(error);
        return FAULT_MS;
      },
    );
  const loop = async (): Promise<void> => {
    const waitMs = await lookOnce();
    if (isClosing) return;
    timer = setTimeout(() => {
      looking = loop();
    }, waitMs);
  };
  let looking = loop();
  return {
    close: async () => {
      isClosing = true;
      if (timer !== null) clearTimeout(timer);
      await looking;
      const last = lookOnce().then(queue.idle);
      // Not referenced: where nothing is left to do, the process need not wait for it.
      await Promise.race([last, sleep(LAST_MS, undefined, { ref: false })]);
      stop.abort();
      await last;
    },
  };
}

/** Takes from the store what is due; how much that was. Throws `StateError`. */
function createLook({ store, now, timeoutMs }: WebhookParts, queue: DeliveryQueue): () => Promise<number> {
  // One may have to wait for all the others.
  const leaseMs = PARALLEL_MAX * (timeoutMs + SETTLE_MS);
  let sinceMs: number | null = null;
  let expiredMs = 0;
  return async () => {
    if (now() - expiredMs >= EXPIRE_MS) {
      expiredMs = now();
      await expireOverdue(store, now());
    }
    const limit = queue.free();
    if (limit === 0) return 0;
    sinceMs ??= now() - ((await store.listDeliveries(1)).length > 0 ? PAST_MS : NEW_PAST_MS);
    const claimed = await store.claimDeliveries({ nowMs: now(), sinceMs, leaseMs, limit });
    for (const delivery of claimed) queue.add(delivery);
    return claimed.length;
  };
}

/** Of a fault of the store, once until it is over (null): an hour of it would fill the log. */
function createWarning({ log }: WebhookParts): (fault: unknown) => void {
  let isTold = false;
  return (fault) => {
    if (fault !== null && !isTold) log.warn({ err: fault }, 'the webhook waits for the state store');
    isTold = fault !== null;
  };
}
