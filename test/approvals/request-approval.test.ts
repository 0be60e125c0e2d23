// Asking humans: the same call joins its request, any other makes one, and nobody can flood the people who answer.
import { describe, expect, test } from 'vitest';
import { answerApproval, cancelApproval } from '../../src/approvals/answer-approval.ts';
import type { Approval } from '../../src/approvals/approval.ts';
import { type ApprovalRequest, requestApproval } from '../../src/approvals/request-approval.ts';
import type { StateStore } from '../../src/state/store.ts';
import { SAMPLE_TIME_MS } from '../state/sample-batch.ts';
import { approvalOf, openClients, openWith, stepsOf } from './open-store.ts';
import { MINUTE_MS, sampleRequest } from './sample-approval.ts';

const LIMITS = { useWithinMs: 10 * MINUTE_MS, waitingPerAgent: 3 };
const ALICE = { name: 'alice', ownerOf: [] };
const HALF_HOUR_LATER = SAMPLE_TIME_MS + 30 * MINUTE_MS;

/** The request's approval, or why there is none. */
async function ask(
  store: StateStore,
  changes: Partial<ApprovalRequest> = {},
  nowMs = SAMPLE_TIME_MS,
): Promise<Approval | string> {
  const requested = await requestApproval(sampleRequest(changes), { store, limits: LIMITS, nowMs });
  return requested.kind === 'known' ? requested.approval : requested.reason;
}

async function idOf(...parameters: Parameters<typeof ask>): Promise<string> {
  const asked = await ask(...parameters);
  return typeof asked === 'string' ? asked : asked.id;
}

const answer = (store: StateStore, id: string, verdict: 'approve' | 'reject', nowMs = SAMPLE_TIME_MS) =>
  answerApproval(store, { id, verdict, person: ALICE, reason: 'no' }, nowMs);

describe('a request', () => {
  test('is kept with what it is bound to, its two times, and the exact arguments', async () => {
    const store = await openWith();
    const effect = { key: 'k', rule: 'r', window: 'day', sliding: false, limit: 5, unit: 'calls' } as const;
    const effects = [{ ...effect, scale: 0, amount: 1 }];
    const { arguments: _text, timeoutMs: _time, ...bound } = sampleRequest({ effects, required: 2 });
    const json = '{"amount":1.10,"to":"é"}';
    const approval = await ask(store, { arguments: json, effects, required: 2 });
    expect(approval).toEqual({
      ...bound,
      id: expect.stringMatching(/^apr_[\da-f]{32}$/),
      status: 'pending',
      approvers: [],
      rejection: null,
      requestedMs: SAMPLE_TIME_MS,
      decideByMs: HALF_HOUR_LATER,
      useWithinMs: 10 * MINUTE_MS,
      useByMs: null,
      argumentsBytes: Buffer.byteLength(json),
    });
    const { id } = approval as Approval;
    expect(await approvalOf(store, id)).toEqual(approval);
    expect(await store.readApprovalArguments(id)).toBe(json);
    expect(await store.listSteps({})).toMatchObject([
      { step: 'requested', by: 'agent:payments-bot', decisionId: 'dec_1', atMs: SAMPLE_TIME_MS },
    ]);
  });

  test('is joined by the same call, whatever its session and decision, and makes no step more', async () => {
    const store = await openWith();
    const id = await idOf(store);
    expect(await idOf(store, { session: 'other', decisionId: 'dec_2' }, SAMPLE_TIME_MS + 1)).toBe(id);
    expect(await store.listSteps({})).toHaveLength(1);
  });

  test.each<[string, Partial<ApprovalRequest>]>([
    ['server', { server: 'other' }],
    ['agent', { agent: 'other' }],
    ['tool', { tool: 'other' }],
    ['arguments', { argumentsDigest: 'c'.repeat(64) }],
    ['policy', { revision: 'c'.repeat(64) }],
  ])('is not joined by a call of another %s', async (_name, changes) => {
    const store = await openWith();
    const id = await idOf(store);
    const other = await idOf(store, changes);
    expect(other).toMatch(/^apr_/);
    expect(other).not.toBe(id);
    expect(await idOf(store)).toBe(id);
    expect(await idOf(store, changes)).toBe(other);
    expect(await store.listSteps({})).toHaveLength(2);
  });

  test('cannot be joined by shifting text from one part of the binding to the next', async () => {
    const store = await openWith();
    const first = await idOf(store, { server: 'finance', tool: 'ab","c' });
    expect(await idOf(store, { server: 'finance', tool: 'ab' })).not.toBe(first);
  });

  test('of calls that come at the same time on two connections is one', async () => {
    const clients = (await openClients(2)) as [StateStore, StateStore];
    const asked = Array.from({ length: 20 }, (_, index) => idOf(clients[index % 2] as StateStore));
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(await clients[0].listSteps({})).toHaveLength(1);
  });
});

describe('a call that comes again', () => {
  test('after it was approved gets that approval, as long as it may be used', async () => {
    const store = await openWith();
    const id = await idOf(store);
    await answer(store, id, 'approve');
    const useByMs = SAMPLE_TIME_MS + 10 * MINUTE_MS;
    expect(await ask(store, {}, useByMs - 1)).toMatchObject({ id, status: 'approved' });
    expect(await ask(store, {}, useByMs)).toMatchObject({ status: 'pending' });
    expect((await stepsOf(store, id)).at(-1)).toMatch(/^expired by regent/);
  });

  test('after it was rejected is rejected until its time to decide is over, then it is asked again', async () => {
    const store = await openWith();
    const id = await idOf(store);
    await answer(store, id, 'reject');
    expect(await ask(store, {}, HALF_HOUR_LATER - 1)).toMatchObject({ id, status: 'rejected' });
    expect(await ask(store, {}, HALF_HOUR_LATER)).toMatchObject({ status: 'pending' });
    expect(await store.listApprovals({})).toHaveLength(2);
    expect(await stepsOf(store, id)).toHaveLength(2);
  });

  test('after nobody decided is asked again, and the old request has expired', async () => {
    const store = await openWith();
    const id = await idOf(store);
    const again = await ask(store, {}, HALF_HOUR_LATER);
    expect(again).toMatchObject({ status: 'pending', decideByMs: HALF_HOUR_LATER + 30 * MINUTE_MS });
    expect((again as Approval).id).not.toBe(id);
    expect((await approvalOf(store, id)).status).toBe('expired');
  });

  test('after its client cancelled it is asked again', async () => {
    const store = await openWith();
    const id = await idOf(store);
    await cancelApproval(store, id, SAMPLE_TIME_MS);
    expect(await idOf(store)).not.toBe(id);
    expect((await approvalOf(store, id)).status).toBe('cancelled');
  });
});

describe('an agent', () => {
  const fill = async (store: StateStore, changes: Partial<ApprovalRequest> = {}): Promise<string[]> => {
    const ids = [];
    for (const tool of ['a', 'b', 'c']) ids.push(await idOf(store, { tool, ...changes }));
    return ids;
  };

  test('with as many requests as may wait gets no more; the same calls still join theirs', async () => {
    const store = await openWith();
    const ids = await fill(store);
    expect(await ask(store, { tool: 'd' })).toBe('3 calls of this agent wait for approval already');
    expect(await idOf(store, { tool: 'b' })).toBe(ids[1]);
    expect(await store.listSteps({})).toHaveLength(3);
    expect(await idOf(store, { tool: 'd', agent: 'other' })).toMatch(/^apr_/);
  });

  test.each<[string, (store: StateStore, id: string) => Promise<unknown>]>([
    ['approved', (store, id) => answer(store, id, 'approve')],
    ['rejected', (store, id) => answer(store, id, 'reject')],
    ['cancelled', (store, id) => cancelApproval(store, id, SAMPLE_TIME_MS)],
  ])('may ask again once one is %s', async (_name, end) => {
    const store = await openWith();
    const [first = ''] = await fill(store);
    await end(store, first);
    expect(await idOf(store, { tool: 'd' })).toMatch(/^apr_/);
    expect(await ask(store, { tool: 'e' })).toMatch(/^3 calls/);
  });

  test('that asks and cancels over and over must pause: people were told of each', async () => {
    const store = await openWith();
    for (const id of await fill(store)) await cancelApproval(store, id, SAMPLE_TIME_MS);
    expect(await ask(store, { tool: 'd' })).toBe('this agent has cancelled 3 requests in the last minute');
    expect(await idOf(store, { tool: 'd', agent: 'other' })).toMatch(/^apr_/);
    expect(await idOf(store, { tool: 'd' }, SAMPLE_TIME_MS + MINUTE_MS)).toMatch(/^apr_/);
  });

  test('may ask again once one is overdue, which is said then', async () => {
    const store = await openWith();
    const [first = ''] = await fill(store, { timeoutMs: MINUTE_MS });
    expect(await ask(store, { tool: 'd' }, SAMPLE_TIME_MS + MINUTE_MS - 1)).toMatch(/^3 calls/);
    expect(await idOf(store, { tool: 'd' }, SAMPLE_TIME_MS + MINUTE_MS)).toMatch(/^apr_/);
    expect((await approvalOf(store, first)).status).toBe('expired');
  });

  test('gets no more than that however many calls come at once, on two connections', async () => {
    const clients = (await openClients(2)) as [StateStore, StateStore];
    const asked = Array.from({ length: 20 }, (_, index) =>
      idOf(clients[index % 2] as StateStore, { tool: `t${index}` }),
    );
    const made = (await Promise.all(asked)).filter((text) => text.startsWith('apr_'));
    expect(made).toHaveLength(3);
    expect(await clients[0].listApprovals({})).toHaveLength(3);
  });

  test('cannot ask for what nobody can review', async () => {
    const store = await openWith();
    const max = 4 * 1024 * 1024;
    const text = (bytes: number): string => `"${'é'.repeat((bytes - 2) / 2)}"`;
    expect(await ask(store, { arguments: text(max + 2) })).toMatch(
      /over 4194304 bytes: too large for a human/,
    );
    expect(await store.listApprovals({})).toEqual([]);
    expect(await ask(store, { arguments: text(max) })).toMatchObject({ argumentsBytes: max });
  });
});
