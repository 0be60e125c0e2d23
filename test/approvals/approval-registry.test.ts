// Holding a call: what ends the wait, and what becomes of the request then.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { answerApproval, cancelApproval } from '../../src/approvals/answer-approval.ts';
import type { Approval } from '../../src/approvals/approval.ts';
import { createApprovalRegistry } from '../../src/approvals/approval-registry.ts';
import type { StateStore } from '../../src/state/store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { runSql } from '../state/sql-file.ts';
import { approvalOf, openClients, openFile, stepsOf } from './open-store.ts';
import { MINUTE_MS, sampleRequest } from './sample-approval.ts';

const LONG_MS = 5 * MINUTE_MS;
const LIMITS = { useWithinMs: 10 * MINUTE_MS, waitingPerAgent: 20 };
const soon = (check: () => void): Promise<void> => vi.waitFor(check, 10_000);

/** A registry as a sidecar has it, and the request that its calls wait for. */
async function startHolding(store: StateStore, timeoutMs = 30 * MINUTE_MS) {
  const registry = createApprovalRegistry({
    store,
    limits: LIMITS,
    now: Date.now,
    log: createLogger('error'),
  });
  const requested = await registry.request(sampleRequest({ timeoutMs }));
  if (requested.kind !== 'known') throw new Error(requested.reason);
  const { approval } = requested;
  const hold = (maxMs = LONG_MS, signal = new AbortController().signal) =>
    registry.hold(approval, { maxMs, signal });
  return { registry, approval, hold };
}

async function startTwo(timeoutMs?: number) {
  const [store, other] = (await openClients(2)) as [StateStore, StateStore];
  return { store, other, ...(await startHolding(store, timeoutMs)) };
}

const answer = (store: StateStore, { id }: Approval, verdict: 'approve' | 'reject') =>
  answerApproval(store, { id, verdict, person: { name: 'alice', ownerOf: [] }, reason: 'so' }, Date.now());

describe('a held call', () => {
  test.each(['approve', 'reject'] as const)('ends when another process has written: %s', async (verdict) => {
    const { other, approval, hold } = await startTwo();
    const held = hold();
    await answer(other, approval, verdict);
    const ended = verdict === 'approve' ? 'approved' : 'rejected';
    expect(await held).toEqual({ end: ended, approval: await approvalOf(other, approval.id) });
  });

  test('ends with all others that wait for the same request', async () => {
    const { other, approval, hold } = await startTwo();
    const held = [hold(), hold(), hold()];
    await answer(other, approval, 'approve');
    expect((await Promise.all(held)).map(({ end }) => end)).toEqual(Array(3).fill('approved'));
  });

  test('ends at once where the answer is there already', async () => {
    const { store, approval, hold } = await startTwo();
    await answer(store, approval, 'reject');
    expect((await hold()).end).toBe('rejected');
  });

  test('is not let go by one of two people who must agree', async () => {
    const [store] = (await openClients(1)) as [StateStore];
    const registry = createApprovalRegistry({
      ...{ store, limits: LIMITS, now: Date.now, log: createLogger('error') },
    });
    const requested = await registry.request(sampleRequest({ required: 2 }));
    if (requested.kind !== 'known') throw new Error(requested.reason);
    const { approval } = requested;
    const held = registry.hold(approval, { maxMs: 300, signal: new AbortController().signal });
    await answer(store, approval, 'approve');
    expect((await held).end).toBe('pending');
  });

  test('is pending when the bounded wait is over, and its request waits on', async () => {
    const { store, approval, hold } = await startTwo();
    expect(await hold(30)).toEqual({ end: 'pending', approval });
    expect(await hold(0)).toEqual({ end: 'pending', approval });
    expect(await approvalOf(store, approval.id)).toEqual(approval);
  });

  test('is not kept by a wait longer than timers can be', async () => {
    const { other, approval, hold } = await startTwo(2 ** 40);
    const held = hold(2 ** 40);
    expect(await Promise.race([held, sleep(100, 'still held')])).toBe('still held');
    await answer(other, approval, 'approve');
    expect((await held).end).toBe('approved');
  });
});

describe('a held call whose time to decide is over', () => {
  test('has expired, which everybody sees', async () => {
    const { other, approval, hold } = await startTwo(100);
    const { end, approval: last } = await hold();
    expect([end, last.status]).toEqual(['expired', 'expired']);
    expect(await stepsOf(other, approval.id)).toEqual([
      expect.stringMatching(/^requested/),
      'expired by regent: nobody decided in time',
    ]);
  });

  test('never ends as pending, though timers may fire early', async () => {
    const { registry } = await startTwo();
    const all = Array.from({ length: 20 }, async (_, index) => {
      const requested = await registry.request(
        sampleRequest({ tool: `t${index % 19}`, timeoutMs: 40 + index }),
      );
      if (requested.kind !== 'known') throw new Error(requested.reason);
      const signal = new AbortController().signal;
      return (await registry.hold(requested.approval, { maxMs: LONG_MS, signal })).end;
    });
    expect(new Set(await Promise.all(all))).toEqual(new Set(['expired']));
  });

  test('has expired too where the store fails', async () => {
    const { file, store } = await openFile();
    const { approval, hold } = await startHolding(store, 200);
    const held = hold();
    await runSql(file, 'DROP TABLE approvals');
    expect(await held).toEqual({ end: 'expired', approval });
  });
});

describe('a held call that is void', () => {
  test('cancels its request: it can be approved no more', async () => {
    const { other, approval, hold } = await startTwo();
    const controller = new AbortController();
    const held = hold(LONG_MS, controller.signal);
    controller.abort();
    expect((await held).end).toBe('void');
    expect((await approvalOf(other, approval.id)).status).toBe('cancelled');
    expect((await stepsOf(other, approval.id))[1]).toMatch(/^cancelled by agent:payments-bot: the client/);
    expect(await answer(other, approval, 'approve')).toMatchObject({ problem: 'ended' });
  });

  test('from the start is never held', async () => {
    const { store, approval, hold } = await startTwo();
    expect((await hold(LONG_MS, AbortSignal.abort())).end).toBe('void');
    expect((await approvalOf(store, approval.id)).status).toBe('cancelled');
  });

  test('leaves the request to another call here that waits for it', async () => {
    const { other, approval, hold } = await startTwo();
    const controller = new AbortController();
    const [first, second] = [hold(LONG_MS, controller.signal), hold()];
    controller.abort();
    expect((await first).end).toBe('void');
    expect((await approvalOf(other, approval.id)).status).toBe('pending');
    await answer(other, approval, 'approve');
    expect((await second).end).toBe('approved');
  });

  test('changes nothing about a request that was rejected meanwhile', async () => {
    const { store, approval, hold } = await startTwo();
    await answer(store, approval, 'reject');
    await hold(LONG_MS, AbortSignal.abort());
    expect((await approvalOf(store, approval.id)).status).toBe('rejected');
  });

  test('is void although the store fails', async () => {
    const { file, store } = await openFile();
    const { hold } = await startHolding(store);
    const controller = new AbortController();
    const held = hold(LONG_MS, controller.signal);
    await runSql(file, 'DROP TABLE approvals');
    controller.abort();
    expect((await held).end).toBe('void');
  });
});

test('the store is asked only while somebody waits, in one statement for all, and failures are waited out', async () => {
  const { file, store } = await openFile();
  const readApprovals = vi.spyOn(store, 'readApprovals');
  const { registry, approval, hold } = await startHolding(store);
  const another = await registry.request(sampleRequest({ tool: 'other' }));
  if (another.kind !== 'known') throw new Error(another.reason);
  const signal = new AbortController().signal;
  const held = [hold(), hold(), registry.hold(another.approval, { maxMs: LONG_MS, signal })];
  await soon(() => expect(readApprovals.mock.calls.length).toBeGreaterThan(3));
  expect(readApprovals.mock.calls.at(-1)).toEqual([[approval.id, another.approval.id]]);
  await runSql(file, 'ALTER TABLE approvals RENAME TO away');
  const failedAt = readApprovals.mock.calls.length;
  await soon(() => expect(readApprovals.mock.calls.length).toBeGreaterThan(failedAt + 3));
  await runSql(file, 'ALTER TABLE away RENAME TO approvals');
  await cancelApproval(store, approval.id, Date.now());
  await answer(store, another.approval, 'approve');
  expect((await Promise.all(held)).map(({ end }) => end)).toEqual(['cancelled', 'cancelled', 'approved']);
  await sleep(100);
  const { length } = readApprovals.mock.calls;
  await sleep(200);
  expect(readApprovals.mock.calls.length).toBe(length);
});
