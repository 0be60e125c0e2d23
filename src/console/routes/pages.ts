// The pages.
import type { Express, Request, Response } from 'express';
import type { Outcome } from '../../../compiler/model/policy.ts';
import { expireOverdue } from '../../approvals/answer-approval.ts';
import type { JournalFilter } from '../../journal/journal-row.ts';
import { parseSince } from '../../journal/parse-since.ts';
import type { AppParts } from '../console-app-parts.ts';
import { findLimits } from '../find-limits.ts';
import { activityPage, RANGES, type RangeName } from '../pages/activity.ts';
import { approvalPage } from '../pages/approval.ts';
import { type DecisionFilter, decisionsPage } from '../pages/decisions.ts';
import { deliveriesPage } from '../pages/deliveries.ts';
import { limitsPage } from '../pages/limits.ts';
import { policyPage } from '../pages/policy.ts';
import { waitingPage } from '../pages/waiting.ts';
import { viewApproval } from '../view-approval.ts';
import { viewerOf } from './sign-in.ts';

const SUMMARY_MAX = 300;
const DECISIONS_MAX = 100;
const DELIVERIES_MAX = 200;
const WAITING_MAX = 200;
const OUTCOMES: readonly Outcome[] = ['allow', 'deny', 'require_approval'];

export function addPages(app: Express, parts: AppParts): void {
  const { store, now } = parts;
  app.get('/', async (_request, response) => {
    await expireOverdue(store, now());
    const found = await store.listApprovals({ statuses: ['pending', 'approved'], limit: WAITING_MAX });
    const waiting = await Promise.all(
      found
        .sort((one, other) => one.decideByMs - other.decideByMs)
        .map(async (approval) => {
          const text = (await store.readApprovalArguments(approval.id, SUMMARY_MAX)) ?? '';
          return { approval, summary: text.length < SUMMARY_MAX ? text : `${text}…` };
        }),
    );
    response.send(waitingPage(waiting, viewerOf(response)));
  });
  app.get('/approvals/:id', (request, response, next) => showApproval(parts, request, response, next));
  app.get('/decisions', (request, response) => showDecisions(parts, request, response));
  app.get('/limits', async (_request, response) => {
    response.send(limitsPage(await findLimits(store, now()), viewerOf(response)));
  });
  app.get('/activity', async (request, response) => {
    const range = Object.keys(RANGES).find((name) => name === request.query.range) as RangeName | undefined;
    const { steps, stepMs } = RANGES[range ?? '24h'];
    const sinceMs = Math.floor(now() / stepMs - steps) * stepMs;
    const counts = await store.countOutcomes({ sinceMs, stepMs });
    response.send(activityPage({ range: range ?? '24h', sinceMs, stepMs, counts }, viewerOf(response)));
  });
  app.get('/policy', async (_request, response) => {
    response.send(policyPage(await store.newestPolicies(), viewerOf(response)));
  });
  app.get('/deliveries', async (_request, response) => {
    response.send(deliveriesPage(await store.listDeliveries(DELIVERIES_MAX), viewerOf(response)));
  });
}

async function showApproval(
  { store, now }: AppParts,
  { params, query }: Request,
  response: Response,
  next: () => void,
): Promise<void> {
  await expireOverdue(store, now());
  const [approval] = await store.readApprovals([String(params.id)]);
  if (approval === undefined) return next();
  const view = await viewApproval(store, approval, now());
  const answer = query.answer === 'approve' || query.answer === 'reject' ? query.answer : null;
  const isLive = query.live === '1';
  response.send(approvalPage({ ...view, answer, isLive, problem: null }, viewerOf(response)));
}

async function showDecisions(
  { store, now }: AppParts,
  { query }: Request,
  response: Response,
): Promise<void> {
  const textOf = (name: keyof DecisionFilter | 'before'): string => {
    const value = query[name];
    return typeof value === 'string' ? value : '';
  };
  const filter = {
    tool: textOf('tool'),
    agent: textOf('agent'),
    outcome: textOf('outcome'),
    since: textOf('since'),
  };
  const sinceMs = filter.since === '' ? undefined : parseSince(filter.since, now());
  const before = Number(textOf('before'));
  const journal: JournalFilter = {
    newestFirst: true,
    limit: DECISIONS_MAX,
    ...(filter.tool === '' ? {} : { tool: filter.tool }),
    ...(filter.agent === '' ? {} : { agent: filter.agent }),
    ...withOutcome(filter.outcome),
    ...(typeof sinceMs === 'number' ? { sinceMs } : {}),
    ...(before > 0 ? { beforeSequence: before } : {}),
  };
  const entries = await store.list(journal);
  const isFull = entries.length === DECISIONS_MAX;
  const olderThan = isFull ? (entries.at(-1)?.sequence ?? null) : null;
  const problem =
    sinceMs === null ? 'Since is no time: write it as 15m, 24h, 7d or 2026-11-22T15:04:00Z.' : null;
  response.send(decisionsPage({ entries, filter, olderThan, problem }, viewerOf(response)));
}

function withOutcome(text: string): { outcome?: Outcome } {
  const outcome = OUTCOMES.find((known) => known === text);
  return outcome === undefined ? {} : { outcome };
}
