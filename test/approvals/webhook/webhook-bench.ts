// Approvals in a real state file, and webhooks beside it, each on a connection of its own as in a sidecar.
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { answerApproval } from '../../../src/approvals/answer-approval.ts';
import type { Approval } from '../../../src/approvals/approval.ts';
import { type ApprovalRequest, requestApproval } from '../../../src/approvals/request-approval.ts';
import { openWebhook, type Webhook } from '../../../src/approvals/webhook/open-webhook.ts';
import type { WebhookParts } from '../../../src/approvals/webhook/webhook-parts.ts';
import type { ClaimedDelivery } from '../../../src/state/delivery.ts';
import { openRecoveringStore } from '../../../src/state/recovering-store.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import type { StateStore } from '../../../src/state/store.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

export const KEY = Buffer.from('a key of the test, long enough');
export const SECRET_ARGUMENTS = '{"card":"4111-1111-1111-1111"}';

export interface WebhookBench {
  readonly file: string;
  readonly store: StateStore;
  request(more?: Partial<ApprovalRequest>, nowMs?: number): Promise<Approval>;
  approve(id: string, name?: string): Promise<void>;
  reject(id: string, reason: string): Promise<void>;
  /** Beside the file, as one more sidecar would; closed with the test. */
  open(url: URL, more?: Partial<WebhookParts>): Webhook;
  deliveries(): Promise<ClaimedDelivery[]>;
}

export async function openBench(): Promise<WebhookBench> {
  const file = path.join(temporaryFolder(), 'state.db');
  const store = await openSqliteStore({ file, durability: 'normal' });
  onTestFinished(() => store.close());
  let count = 0;
  const answer = async (id: string, verdict: 'approve' | 'reject', name: string, reason: string | null) => {
    const answered = await answerApproval(
      store,
      { id, verdict, person: { name, ownerOf: [] }, reason },
      Date.now(),
    );
    if (!answered.ok) throw new Error(answered.problem);
  };
  return {
    file,
    store,
    request: async (more = {}, nowMs = Date.now()) => {
      count += 1;
      const limits = { useWithinMs: 600_000, waitingPerAgent: 1000 };
      const requested = await requestApproval(requestOf(count, more), { store, limits, nowMs });
      if (requested.kind === 'refused') throw new Error(requested.reason);
      return requested.approval;
    },
    approve: (id, name = 'alice') => answer(id, 'approve', name, null),
    reject: (id, reason) => answer(id, 'reject', 'alice', reason),
    open: (url, more = {}) => openBeside(file, url, more),
    deliveries: async () => (await store.listDeliveries(1000)).reverse(),
  };
}

function openBeside(file: string, url: URL, more: Partial<WebhookParts>): Webhook {
  const beside = openRecoveringStore(({ mustExist }) =>
    openSqliteStore({ file, durability: 'normal', busyTimeoutMs: 200, mustExist }),
  );
  const webhook = openWebhook({
    store: beside,
    url,
    key: KEY,
    format: 'json',
    consoleUrl: () => new URL('https://console.example.com/'),
    now: Date.now,
    log: createLogger('silent'),
    plan: { firstMs: 20, longestMs: 2000, attemptsMax: 16 },
    timeoutMs: 10_000,
    ...more,
  });
  onTestFinished(async () => {
    await webhook.close();
    await beside.close();
  });
  return webhook;
}

function requestOf(count: number, more: Partial<ApprovalRequest>): ApprovalRequest {
  return {
    server: 'finance',
    agent: 'payments-bot',
    tool: 'create_payment',
    argumentsDigest: count.toString(16).padStart(64, '0'),
    revision: 'r1',
    session: 'a session',
    rule: 'create_payment/ask',
    reason: 'A human must agree',
    source: 'finance.yaml:19:9',
    decisionId: `dec_${count}`,
    required: 1,
    timeoutMs: 1_800_000,
    effects: [],
    arguments: SECRET_ARGUMENTS,
    ...more,
  };
}

/** All deliveries, once so many are delivered or have failed. */
export async function settled(bench: WebhookBench, count = 1): Promise<ClaimedDelivery[]> {
  const done = async (): Promise<number> =>
    (await bench.deliveries()).filter((delivery) => delivery.status !== 'waiting').length;
  await expect.poll(done, { timeout: 20_000 }).toBe(count);
  return bench.deliveries();
}
