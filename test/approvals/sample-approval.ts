// Approvals for tests: valid ones, changed where a test cares.
import type { Approval, ApprovalWrite } from '../../src/approvals/approval.ts';
import { stepOf } from '../../src/approvals/change-approval.ts';
import type { ApprovalRequest } from '../../src/approvals/request-approval.ts';
import { SAMPLE_TIME_MS } from '../state/sample-batch.ts';

export const MINUTE_MS = 60_000;

/** Pending, for half an hour from SAMPLE_TIME_MS on. */
export function sampleApproval(changes: Partial<Approval> = {}): Approval {
  return {
    id: 'apr_1',
    status: 'pending',
    server: 'finance',
    agent: 'payments-bot',
    session: 'session-1',
    tool: 'close_account',
    argumentsDigest: 'b'.repeat(64),
    argumentsBytes: 2,
    revision: 'a'.repeat(64),
    rule: 'close_account/ask',
    reason: "needs a human's approval",
    source: 'finance.yaml:19:9',
    decisionId: 'dec_1',
    required: 1,
    approvers: [],
    rejection: null,
    requestedMs: SAMPLE_TIME_MS,
    decideByMs: SAMPLE_TIME_MS + 30 * MINUTE_MS,
    useWithinMs: 10 * MINUTE_MS,
    useByMs: null,
    effects: [],
    ...changes,
  };
}

/** One that enough have agreed to, one minute after it was asked for. */
export function approvedSample(changes: Partial<Approval> = {}): Approval {
  const useByMs = SAMPLE_TIME_MS + 11 * MINUTE_MS;
  return sampleApproval({ status: 'approved', approvers: ['zoe'], useByMs, ...changes });
}

/** How it first comes into the store. */
export function newApprovalWrite(approval: Approval, text = '{}'): ApprovalWrite {
  const facts = {
    atMs: approval.requestedMs,
    by: `agent:${approval.agent}`,
    decisionId: approval.decisionId,
  };
  return { approval, step: stepOf(approval, 'requested', facts), arguments: text };
}

export function sampleRequest(changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    server: 'finance',
    agent: 'payments-bot',
    session: 'session-1',
    tool: 'close_account',
    argumentsDigest: 'b'.repeat(64),
    arguments: '{}',
    revision: 'a'.repeat(64),
    decisionId: 'dec_1',
    rule: 'close_account/ask',
    reason: "needs a human's approval",
    source: 'finance.yaml:19:9',
    required: 1,
    timeoutMs: 30 * MINUTE_MS,
    effects: [],
    ...changes,
  };
}
