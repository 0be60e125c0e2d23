// A step as JSON for programs, in the envelope of Standard Webhooks: type, timestamp, data.
import { cutText } from './cut-text.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** A name that an agent made up may be as long as a message. */
const TEXT_MAX = 1000;

/** Keys as in `regent approvals show --json`; texts over 1000 characters end with `…`. */
export function jsonBody({ id: eventId, type, approval, step, url }: WebhookEvent): string {
  const { id, status, server, agent, tool, rule, reason, source, required, approvers } = approval;
  return JSON.stringify({
    type,
    timestamp: isoTime(step.atMs),
    data: {
      event_id: eventId,
      id,
      status,
      server: textOf(server),
      agent: textOf(agent),
      tool: textOf(tool),
      rule: textOf(rule),
      reason: textOf(reason),
      source: textOf(source),
      required,
      agreed: approvers.length,
      approvers: approvers.map(textOf),
      step: {
        sequence: step.sequence,
        step: step.step,
        time: isoTime(step.atMs),
        by: textOf(step.by),
        reason: textOf(step.reason),
        decision_id: step.decisionId,
      },
      requested_at: isoTime(approval.requestedMs),
      decide_by: isoTime(approval.decideByMs),
      use_by: approval.useByMs === null ? null : isoTime(approval.useByMs),
      arguments_digest: approval.argumentsDigest,
      arguments_bytes: approval.argumentsBytes,
      url,
    },
  });
}

function textOf(text: string | null): string | null {
  return text === null ? null : cutText(text, TEXT_MAX);
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
