// Delivers one step that was claimed: reads it, posts it, and writes what came of it.
import type { ClaimedDelivery, Delivery } from '../../state/delivery.ts';
import { jsonBody } from './json-body.ts';
import { postEvent } from './post-event.ts';
import { settleAttempt } from './settle-attempt.ts';
import { signedFields } from './sign-event.ts';
import { slackBody } from './slack-body.ts';
import { eventOf, type WebhookEvent } from './webhook-event.ts';
import type { WebhookParts } from './webhook-parts.ts';

/** Throws `StateError`. An attempt that `signal` breaks off does not count: the step is anybody's at once. */
export async function deliverStep(
  parts: WebhookParts,
  claimed: ClaimedDelivery,
  signal: AbortSignal,
): Promise<void> {
  const { store, now } = parts;
  const settled = await attempt(parts, claimed, signal);
  await store.settleDelivery(settled ?? { ...claimed, nextMs: now() });
  if (settled !== null) tell(parts, claimed, settled);
}

/** Null where it was broken off. */
async function attempt(
  parts: WebhookParts,
  claimed: ClaimedDelivery,
  signal: AbortSignal,
): Promise<Delivery | null> {
  const { url, key, timeoutMs, now, plan } = parts;
  if (signal.aborted) return null;
  const event = await readEvent(parts, claimed);
  if (event === null) {
    const detail = 'the step is not in the state file any more';
    return { ...claimed, status: 'failed', atMs: now(), detail };
  }
  const body = parts.format === 'slack' ? slackBody(event) : jsonBody(event);
  const fields = signedFields({ id: event.id, atMs: now(), body }, key);
  const result = await postEvent({ url, fields, body, timeoutMs, signal });
  if (result.kind === 'unanswered' && signal.aborted) return null;
  return settleAttempt(claimed, { result, nowMs: now(), random: Math.random(), plan });
}

async function readEvent(
  { store, consoleUrl }: WebhookParts,
  { approvalId, step }: ClaimedDelivery,
): Promise<WebhookEvent | null> {
  const [approval] = await store.readApprovals([approvalId]);
  if (approval === undefined) return null;
  const steps = await store.listSteps({ approvalId });
  return eventOf(approval, { steps, sequence: step, consoleUrl: consoleUrl() });
}

function tell({ log }: WebhookParts, { approvalId, kind }: ClaimedDelivery, settled: Delivery): void {
  const { step, status, attempts, detail } = settled;
  const facts = { approval: approvalId, event: kind, step, attempts, detail };
  if (status === 'delivered') log.debug(facts, 'the webhook was told of a step');
  else if (status === 'waiting')
    log.warn(facts, 'the webhook could not be told of a step: it is tried again');
  else log.error(facts, 'the webhook could not be told of a step, and is not tried again');
}
