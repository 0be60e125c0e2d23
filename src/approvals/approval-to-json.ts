// An approval as one line of JSON for programs.
import type { CounterRecord } from '../state/store.ts';
import type { Approval, ListedStep } from './approval.ts';

export interface ApprovalDetails {
  /** JSON text without white space, as sent otherwise. */
  readonly arguments: string;
  readonly steps: readonly ListedStep[];
  /** The counters of its effects, as they are now. */
  readonly counters: readonly CounterRecord[];
}

/**
 * An object with the keys id, status, server, agent, session, tool, rule, reason, source, required, approvers, rejection,
 * requested_at, decide_by, use_by, decision_id, arguments_digest, revision; with details also arguments (as they were
 * sent, so that no digit is lost), effects and steps. Times are ISO 8601.
 */
export function approvalToJson(approval: Approval, details: ApprovalDetails | null = null): string {
  const head = JSON.stringify({
    id: approval.id,
    status: approval.status,
    server: approval.server,
    agent: approval.agent,
    session: approval.session,
    tool: approval.tool,
    rule: approval.rule,
    reason: approval.reason,
    source: approval.source,
    required: approval.required,
    approvers: approval.approvers,
    rejection: approval.rejection,
    requested_at: isoTime(approval.requestedMs),
    decide_by: isoTime(approval.decideByMs),
    use_by: approval.useByMs === null ? null : isoTime(approval.useByMs),
    decision_id: approval.decisionId,
    arguments_digest: approval.argumentsDigest,
    revision: approval.revision,
  });
  if (details === null) return head;
  const effects = approval.effects.map(({ key, rule, window, unit, scale, limit, amount }) => ({
    ...{ counter: key, rule, window, unit, scale, limit, amount },
  }));
  const steps = details.steps.map(({ step, atMs, by, reason, decisionId }) => ({
    ...{ step, time: isoTime(atMs), by, reason, decision_id: decisionId },
  }));
  const more = `"arguments":${details.arguments},"effects":${JSON.stringify(effects)},"steps":${JSON.stringify(steps)}`;
  return `${head.slice(0, -1)},${more}}`;
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
