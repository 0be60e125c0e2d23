// The state machine of an approval: whatever is done to it in whatever order, it is used at most once, and an end is an end.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerApproval, cancelApproval, expireOverdue } from '../../src/approvals/answer-approval.ts';
import type { Approval, ApprovalStatus, ApprovalWrite } from '../../src/approvals/approval.ts';
import { agree, cancel, consume, expireIfDue, reject } from '../../src/approvals/change-approval.ts';
import type { StateStore } from '../../src/state/store.ts';
import { SAMPLE_TIME_MS } from '../state/sample-batch.ts';
import { approvalOf, openWith } from './open-store.ts';
import { approvedSample, MINUTE_MS, newApprovalWrite, sampleApproval } from './sample-approval.ts';

const FACTS = { atMs: SAMPLE_TIME_MS + 1, by: 'alice' };

describe('a step', () => {
  test.each<[string, ApprovalWrite, Partial<Approval>, string]>([
    [
      'agree',
      agree(sampleApproval({ required: 2 }), FACTS),
      { status: 'pending', useByMs: null },
      'approved',
    ],
    [
      'agree, the last',
      agree(sampleApproval({ required: 2, approvers: ['bob'] }), FACTS),
      { status: 'approved', approvers: ['bob', 'alice'], useByMs: FACTS.atMs + 10 * MINUTE_MS },
      'approved',
    ],
    [
      'reject',
      reject(approvedSample(), { ...FACTS, reason: 'no' }),
      { status: 'rejected', rejection: 'no' },
      'rejected',
    ],
    ['reject without a reason', reject(sampleApproval(), FACTS), { rejection: null }, 'rejected'],
    ['cancel', cancel(sampleApproval(), FACTS), { status: 'cancelled' }, 'cancelled'],
    ['consume', consume(approvedSample(), FACTS), { status: 'consumed', approvers: ['zoe'] }, 'consumed'],
  ])('%s changes what it says, and nothing else', (_name, { approval, step }, changes, kind) => {
    expect(approval).toMatchObject(changes);
    const untouched = ({
      status: _s,
      approvers: _a,
      useByMs: _u,
      rejection: _r,
      required: _q,
      ...rest
    }: Approval) => rest;
    expect(untouched(approval)).toEqual(untouched(sampleApproval()));
    expect(step).toMatchObject({ approvalId: 'apr_1', step: kind, by: 'alice', atMs: FACTS.atMs });
  });

  test.each<[ApprovalStatus, number, string | null]>([
    ['pending', sampleApproval().decideByMs - 1, null],
    ['pending', sampleApproval().decideByMs, 'nobody decided in time'],
    ['approved', (approvedSample().useByMs ?? 0) - 1, null],
    ['approved', approvedSample().useByMs ?? 0, 'it was approved, and not used in time'],
    ['rejected', Number.MAX_SAFE_INTEGER, null],
    ['expired', Number.MAX_SAFE_INTEGER, null],
    ['consumed', Number.MAX_SAFE_INTEGER, null],
    ['cancelled', Number.MAX_SAFE_INTEGER, null],
  ])('of time: %s at %d', (status, nowMs, reason) => {
    const approval = status === 'pending' ? sampleApproval() : approvedSample({ status });
    const write = expireIfDue(approval, nowMs);
    expect(write?.step.reason ?? null).toBe(reason);
    expect(write?.approval ?? null).toEqual(reason === null ? null : { ...approval, status: 'expired' });
  });

  test('of time ends an approved request whose time to use is not known', () => {
    expect(expireIfDue(approvedSample({ useByMs: null }), 1)?.approval.status).toBe('expired');
  });
});

/** Where each status may lead. Everything that is not here must never happen. */
const LEADS_TO: Readonly<Record<ApprovalStatus, readonly ApprovalStatus[]>> = {
  pending: ['approved', 'rejected', 'expired', 'cancelled'],
  approved: ['rejected', 'expired', 'consumed', 'cancelled'],
  rejected: [],
  expired: [],
  consumed: [],
  cancelled: [],
};

const person = fc.record({
  name: fc.constantFrom('alice', 'bob', 'carol', 'payments-bot'),
  ownerOf: fc.constantFrom<readonly string[]>([], [], ['*'], ['payments-?ot']),
});
const event = fc.record({
  kind: fc.constantFrom('approve', 'approve', 'approve', 'use', 'use', 'reject', 'cancel', 'look'),
  person,
  laterMs: fc.constantFrom(0, 0, 1, MINUTE_MS, 9 * MINUTE_MS, 10 * MINUTE_MS),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** As the judge uses it. */
function use(store: StateStore, id: string, nowMs: number): Promise<void> {
  const usable = ({ status, useByMs }: Approval): boolean => status === 'approved' && nowMs < (useByMs ?? 0);
  return store.commitLocked(
    [],
    (_, found) => ({
      ...{ rows: [], reads: [], writes: [] },
      approvals: found.filter(usable).map((one) => consume(one, { atMs: nowMs, by: 'agent:payments-bot' })),
    }),
    [id],
  );
}

async function happen(store: StateStore, id: string, { kind, person }: Event, nowMs: number): Promise<void> {
  if (kind === 'use') await use(store, id, nowMs);
  else if (kind === 'cancel') await cancelApproval(store, id, nowMs);
  else if (kind === 'look') await expireOverdue(store, nowMs);
  else if (kind === 'approve' || kind === 'reject') {
    await answerApproval(store, { id, verdict: kind, person, reason: null }, nowMs);
  }
}

function expectSound({ status, approvers, useByMs, required }: Approval): void {
  expect(new Set(approvers).size).toBe(approvers.length);
  expect(approvers).not.toContain('payments-bot');
  expect(approvers.length).toBeLessThanOrEqual(required);
  expect(useByMs !== null).toBe(approvers.length === required);
  if (status === 'approved' || status === 'consumed') expect(approvers).toHaveLength(required);
}

test('whatever happens to an approval: an end is final, it is used at most once, by enough people and in time', async () => {
  const store = await openWith();
  const reached = new Set<ApprovalStatus>();
  let runs = 0;
  const required = fc.integer({ min: 1, max: 3 });
  await fc.assert(
    fc.asyncProperty(required, fc.array(event, { maxLength: 20 }), async (required, events) => {
      runs += 1;
      const id = `apr_${runs}`;
      await store.changeApprovals({ id }, () => [newApprovalWrite(sampleApproval({ id, required }))]);
      let nowMs = SAMPLE_TIME_MS;
      let last = await approvalOf(store, id);
      for (const one of events) {
        nowMs += one.laterMs;
        await happen(store, id, one, nowMs);
        const next = await approvalOf(store, id);
        if (next.status !== last.status) expect(LEADS_TO[last.status]).toContain(next.status);
        if (LEADS_TO[last.status].length === 0) expect(next).toEqual(last);
        if (next.status === 'consumed' && last.status !== 'consumed') {
          expect(nowMs).toBeLessThan(last.useByMs ?? 0);
        }
        expectSound(next);
        reached.add(next.status);
        last = next;
      }
      const steps = await store.listSteps({ approvalId: id });
      expect(steps.filter(({ step }) => step === 'consumed').length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 200 },
  );
  // The property would say nothing about states that no run comes to.
  expect([...reached].sort()).toEqual(Object.keys(LEADS_TO).sort());
});
