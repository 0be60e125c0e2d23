// What the webhook was told, and what came of it: as text for a terminal, and as JSON for programs.
import type { ClaimedDelivery } from '../state/delivery.ts';
import { showHidden } from './show-text.ts';

/** `12  approved   apr_…  delivered  1 attempt  2026-11-22T15:04:00.000Z  "status 200"`. */
export function formatDelivery(delivery: ClaimedDelivery): string {
  const { step, kind, approvalId, status, attempts, atMs, nextMs, detail } = delivery;
  const columns = [
    String(step),
    kind.padEnd('requested'.length),
    approvalId,
    status.padEnd('delivered'.length),
    `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    isoTime(atMs),
    ...(detail === null ? [] : [JSON.stringify(showHidden(detail))]),
    ...(status === 'waiting' ? [`next try ${isoTime(nextMs)}`] : []),
  ];
  return columns.join('  ');
}

/** An object with the keys step, event, approval_id, status, attempts, time, next_try and detail. */
export function deliveryToJson(delivery: ClaimedDelivery): string {
  const { step, kind, approvalId, status, attempts, atMs, nextMs, detail } = delivery;
  return JSON.stringify({
    step,
    event: `approval.${kind}`,
    approval_id: approvalId,
    status,
    attempts,
    time: isoTime(atMs),
    next_try: status === 'waiting' ? isoTime(nextMs) : null,
    detail,
  });
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
