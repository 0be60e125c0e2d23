// People's answers: every state of a request, each kind of person, and races.
import { describe, expect, test } from 'vitest';
import {
  type Answered,
  type AnswerProblem,
  answerApproval,
  cancelApproval,
  expireOverdue,
  type Person,
} from '../../src/approvals/answer-approval.ts';
import type { Approval, ApprovalStatus } from '../../src/approvals/approval.ts';
import type { StateStore } from '../../src/state/store.ts';
import { SAMPLE_TIME_MS } from '../state/sample-batch.ts';
import { approvalOf, openClients, openWith, stepsOf } from './open-store.ts';
import { approvedSample, MINUTE_MS, newApprovalWrite, sampleApproval } from './sample-approval.ts';

const ALICE: Person = { name: 'alice', ownerOf: [] };
const BOB: Person = { name: 'bob', ownerOf: [] };
const NOW_MS = SAMPLE_TIME_MS + MINUTE_MS;

function answer(
  store: StateStore,
  verdict: 'approve' | 'reject',
  { person = ALICE, reason = null as string | null, nowMs = NOW_MS, id = 'apr_1' } = {},
): Promise<Answered> {
  return answerApproval(store, { id, verdict, person, reason }, nowMs);
}

const inStatus = (status: ApprovalStatus): Approval =>
  status === 'pending' ? sampleApproval() : approvedSample({ status });

describe('an answer', () => {
  test.each<[ApprovalStatus, 'approve' | 'reject', ApprovalStatus | AnswerProblem]>([
    ['pending', 'approve', 'approved'],
    ['pending', 'reject', 'rejected'],
    ['approved', 'approve', 'already-approved'],
    ['approved', 'reject', 'rejected'],
    ['rejected', 'approve', 'ended'],
    ['rejected', 'reject', 'ended'],
    ['expired', 'approve', 'ended'],
    ['expired', 'reject', 'ended'],
    ['consumed', 'approve', 'ended'],
    ['consumed', 'reject', 'ended'],
    ['cancelled', 'approve', 'ended'],
    ['cancelled', 'reject', 'ended'],
  ])('to a request that is %s: %s gives %s', async (status, verdict, expected) => {
    const store = await openWith(inStatus(status));
    const answered = await answer(store, verdict);
    expect(answered.ok ? answered.approval.status : answered.problem).toBe(expected);
    expect(answered.approval).toEqual(await approvalOf(store));
    expect(answered.ok ? 'taken' : (await approvalOf(store)).status).toBe(answered.ok ? 'taken' : status);
    expect(await stepsOf(store)).toHaveLength(answered.ok ? 2 : 1);
  });

  test('to no request is refused', async () => {
    const store = await openWith(sampleApproval());
    for (const id of ['', 'apr_', 'apr_2', 'APR_1', '%']) {
      expect(await answer(store, 'approve', { id })).toEqual({
        ok: false,
        problem: 'unknown',
        approval: null,
      });
    }
    expect(await store.listSteps({})).toHaveLength(1);
  });

  test('is kept with its person, its reason and its time, which starts the time to use', async () => {
    const store = await openWith(sampleApproval());
    await answer(store, 'approve', { reason: 'fine' });
    expect(await approvalOf(store)).toEqual({
      ...sampleApproval(),
      status: 'approved',
      approvers: ['alice'],
      useByMs: NOW_MS + 10 * MINUTE_MS,
    });
    const [, step] = await store.listSteps({});
    expect(step).toMatchObject({ step: 'approved', by: 'alice', reason: 'fine', atMs: NOW_MS });
  });

  test('that rejects after one that approves counts, with its reason', async () => {
    const store = await openWith(sampleApproval());
    await answer(store, 'approve');
    expect(await answer(store, 'reject', { person: BOB, reason: 'too much' })).toMatchObject({
      ok: true,
      approval: { status: 'rejected', rejection: 'too much' },
    });
    expect(await answer(store, 'approve', { person: BOB })).toMatchObject({ problem: 'ended' });
    expect((await stepsOf(store)).slice(1)).toEqual(['approved by alice', 'rejected by bob: too much']);
  });

  test('may take back its own: who approved may reject', async () => {
    const store = await openWith(sampleApproval());
    await answer(store, 'approve');
    expect(await answer(store, 'reject')).toMatchObject({ ok: true, approval: { status: 'rejected' } });
  });
});

describe('whoever owns an agent', () => {
  test.each<[string, Person, string, boolean]>([
    ['by its exact name', { name: 'zoe', ownerOf: ['payments-bot'] }, 'payments-bot', true],
    ['by a glob', { name: 'zoe', ownerOf: ['audit', 'payments-*'] }, 'payments-bot', true],
    ['by a glob for all', { name: 'zoe', ownerOf: ['*'] }, 'anonymous', true],
    ['by being it', { name: 'payments-bot', ownerOf: [] }, 'payments-bot', true],
    ['of another name', { name: 'zoe', ownerOf: ['payments'] }, 'payments-bot', false],
    ['of another case', { name: 'zoe', ownerOf: ['Payments-bot'] }, 'payments-bot', false],
    ['by a glob that does not match', { name: 'zoe', ownerOf: ['payments-?'] }, 'payments-bot', false],
    ['of nothing', { name: 'zoe', ownerOf: [] }, 'payments-bot', false],
    ['by what is no glob but a name', { name: 'zoe', ownerOf: ['a.b'] }, 'aXb', false],
  ])('%s', async (_name, person, agent, isOwner) => {
    const store = await openWith(sampleApproval({ agent }));
    const answered = await answer(store, 'approve', { person });
    expect(answered.ok ? 'approved' : answered.problem).toBe(isOwner ? 'own-agent' : 'approved');
    expect(await stepsOf(store)).toHaveLength(isOwner ? 1 : 2);
  });

  test('may still reject what it asks for', async () => {
    const store = await openWith(sampleApproval());
    const person = { name: 'zoe', ownerOf: ['*'] };
    expect(await answer(store, 'reject', { person })).toMatchObject({ ok: true });
  });
});

describe('where several must agree', () => {
  const THREE = sampleApproval({ required: 3 });

  test('each counts once, and the last one that is needed starts the time to use', async () => {
    const store = await openWith(THREE);
    expect(await answer(store, 'approve')).toMatchObject({ approval: { status: 'pending', useByMs: null } });
    expect(await answer(store, 'approve')).toMatchObject({ ok: false, problem: 'agreed-before' });
    await answer(store, 'approve', { person: BOB });
    expect(await answer(store, 'approve', { person: BOB })).toMatchObject({ problem: 'agreed-before' });
    const last = { person: { name: 'zoe', ownerOf: [] }, nowMs: NOW_MS + 5 };
    expect(await answer(store, 'approve', last)).toMatchObject({
      approval: {
        status: 'approved',
        approvers: ['alice', 'bob', 'zoe'],
        useByMs: NOW_MS + 5 + 10 * MINUTE_MS,
      },
    });
    expect(await answer(store, 'approve')).toMatchObject({ problem: 'agreed-before' });
    const fourth = { person: { name: 'dave', ownerOf: [] } };
    expect(await answer(store, 'approve', fourth)).toMatchObject({ problem: 'already-approved' });
    expect(await stepsOf(store)).toHaveLength(4);
  });

  test('one who rejects is enough', async () => {
    const store = await openWith(THREE);
    await answer(store, 'approve');
    expect(await answer(store, 'reject', { person: BOB })).toMatchObject({
      approval: { status: 'rejected' },
    });
    expect(await answer(store, 'approve', { person: BOB })).toMatchObject({ problem: 'ended' });
  });
});

describe('time', () => {
  test.each<[string, Approval, number]>([
    ['to decide', sampleApproval(), sampleApproval().decideByMs],
    ['to use', approvedSample(), approvedSample().useByMs ?? 0],
  ])('%s ends at its exact millisecond, whoever answers then', async (_name, approval, endMs) => {
    for (const verdict of ['approve', 'reject'] as const) {
      const store = await openWith(approval);
      expect(await answer(store, verdict, { person: BOB, nowMs: endMs })).toMatchObject({
        ok: false,
        problem: 'ended',
        approval: { status: 'expired' },
      });
      expect(await stepsOf(store)).toEqual([
        'requested by agent:payments-bot',
        expect.stringMatching(/^expired by regent: /),
      ]);
    }
    const store = await openWith(approval);
    expect(await answer(store, 'reject', { nowMs: endMs - 1 })).toMatchObject({ ok: true });
  });

  test('ends only what is overdue, once, whoever looks', async () => {
    const [store, other] = (await openClients(2)) as [StateStore, StateStore];
    const overdue = sampleApproval({ id: 'a', decideByMs: NOW_MS });
    const unused = approvedSample({ id: 'b', useByMs: NOW_MS - 1 });
    const inTime = [sampleApproval({ id: 'c', decideByMs: NOW_MS + 1 }), approvedSample({ id: 'd' })];
    const all = [overdue, unused, ...inTime, approvedSample({ id: 'e', status: 'consumed', useByMs: 1 })];
    await store.changeApprovals({ id: 'none' }, () => all.map((one) => newApprovalWrite(one)));
    await Promise.all([store, other, store, other].map((client) => expireOverdue(client, NOW_MS)));
    const statuses = (await store.listApprovals({})).map(({ id, status }) => `${id} ${status}`);
    expect(statuses.sort()).toEqual(['a expired', 'b expired', 'c pending', 'd approved', 'e consumed']);
    expect((await store.listSteps({})).slice(all.length).map(({ reason }) => reason)).toEqual([
      'it was approved, and not used in time',
      'nobody decided in time',
    ]);
  });
});

test('what is overdue ends, however many newer ones wait', async () => {
  const newer = Array.from({ length: 1500 }, (_, index) =>
    sampleApproval({ id: `apr_new_${index}`, requestedMs: SAMPLE_TIME_MS + 1 + index }),
  );
  const store = await openWith(sampleApproval({ decideByMs: NOW_MS }), ...newer);
  await expireOverdue(store, NOW_MS);
  expect((await approvalOf(store)).status).toBe('expired');
  expect(await store.listSteps({ afterSequence: 1501 })).toHaveLength(1);
});

describe('the client that cancels', () => {
  test.each<[ApprovalStatus, ApprovalStatus]>([
    ['pending', 'cancelled'],
    ['approved', 'cancelled'],
    ['rejected', 'rejected'],
    ['expired', 'expired'],
    ['consumed', 'consumed'],
    ['cancelled', 'cancelled'],
  ])('leaves a request that was %s as %s', async (status, expected) => {
    const store = await openWith(inStatus(status));
    await cancelApproval(store, 'apr_1', NOW_MS);
    await cancelApproval(store, 'unknown', NOW_MS);
    expect((await approvalOf(store)).status).toBe(expected);
    expect(await stepsOf(store)).toHaveLength(status === 'pending' || status === 'approved' ? 2 : 1);
  });
});

describe('races on two connections', () => {
  const ROUNDS = 15;
  const people = ['alice', 'bob', 'carol', 'dave'].map((name) => ({ name, ownerOf: [] }));

  test('exactly as many agree as are needed, each once', async () => {
    const clients = (await openClients(2)) as [StateStore, StateStore];
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = `apr_${round}`;
      await clients[0].changeApprovals({ id }, () => [newApprovalWrite(sampleApproval({ id, required: 2 }))]);
      const answers = await Promise.all(
        [...people, ...people].map((person, index) =>
          answer(clients[index % 2] as StateStore, 'approve', { id, person }),
        ),
      );
      expect(answers.filter(({ ok }) => ok)).toHaveLength(2);
      const { status, approvers } = await approvalOf(clients[1], id);
      expect([status, new Set(approvers).size]).toEqual(['approved', 2]);
      expect(await stepsOf(clients[0], id)).toHaveLength(3);
    }
  });

  test('who approves and who rejects at once: in the end it is rejected', async () => {
    const [one, other] = (await openClients(2)) as [StateStore, StateStore];
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = `apr_${round}`;
      await one.changeApprovals({ id }, () => [newApprovalWrite(sampleApproval({ id }))]);
      const answered = await Promise.all([
        answer(one, 'approve', { id }),
        answer(other, 'reject', { id, person: BOB }),
      ]);
      expect(answered[1].ok).toBe(true);
      expect((await approvalOf(one, id)).status).toBe('rejected');
      expect((await stepsOf(one, id)).at(-1)).toBe('rejected by bob');
    }
  });
});
