// Tells a webhook of every step of approvals, beside the proxy: takes steps from the store, posts them, and tries again.
//
//   step in the store ──claim (lease)──▶ post ──▶ delivered | waiting until … | failed
//
// At least once: where a process dies between the receiver's answer and the store's write, the step is posted again
// after its lease, by whichever sidecar comes first, under the same id.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimedDelivery } from '../../state/delivery.ts';
import { expireOverdue } from '../answer-approval.ts';
import { deliverStep } from './deliver-step.ts';
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
const BATCH_MAX = 8;
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
  let timer: NodeJS.Timeout | null = null;
  let isClosing = false;
  let isFaulty = false;

  const run = createRound(parts, stop.signal);
  const runOnce = async (): Promise<number> => {
    try {
      const isMore = await run();
      isFaulty = false;
      return isMore ? 0 : POLL_MS;
    } catch (error) {
      // Once: a store that is gone for an hour would fill the log.
      if (!isFaulty) parts.log.warn({ err: error }, 'the webhook waits for the state store');
      isFaulty = true;
      return FAULT_MS;
    }
  };
  let round: Promise<void>;
  const loop = async (): Promise<void> => {
    const waitMs = await runOnce();
    if (isClosing) return;
    timer = setTimeout(() => {
      round = loop();
    }, waitMs);
  };
  round = loop();
  return {
    close: async () => {
      isClosing = true;
      if (timer !== null) clearTimeout(timer);
      const last = round.then(runOnce);
      await Promise.race([last, sleep(LAST_MS)]);
      stop.abort();
      await last;
    },
  };
}

/** One look at the store; true where there may be more to deliver at once. Throws `StateError`. */
function createRound(parts: WebhookParts, signal: AbortSignal): () => Promise<boolean> {
  const { store, now } = parts;
  const leaseMs = BATCH_MAX * (parts.timeoutMs + SETTLE_MS);
  let sinceMs: number | null = null;
  let expiredMs = 0;
  return async () => {
    if (now() - expiredMs >= EXPIRE_MS) {
      expiredMs = now();
      await expireOverdue(store, now());
    }
    sinceMs ??= now() - ((await store.listDeliveries(1)).length > 0 ? PAST_MS : NEW_PAST_MS);
    if (signal.aborted) return false;
    const claimed = await store.claimDeliveries({ nowMs: now(), sinceMs, leaseMs, limit: BATCH_MAX });
    const outcomes = await Promise.allSettled(
      byApproval(claimed).map((deliveries) => deliverInOrder(parts, deliveries, signal)),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return claimed.length > 0;
  };
}

async function deliverInOrder(
  parts: WebhookParts,
  deliveries: readonly ClaimedDelivery[],
  signal: AbortSignal,
): Promise<void> {
  for (const delivery of deliveries) await deliverStep(parts, delivery, signal);
}

/** A receiver that is slow with one request does not hold up the others; the steps of one stay in their order. */
function byApproval(claimed: readonly ClaimedDelivery[]): ClaimedDelivery[][] {
  const groups = new Map<string, ClaimedDelivery[]>();
  for (const delivery of claimed) {
    groups.set(delivery.approvalId, [...(groups.get(delivery.approvalId) ?? []), delivery]);
  }
  return [...groups.values()];
}
