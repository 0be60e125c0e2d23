// Contract: approvals are found as they were written, changed one after the other, and every step is kept.
import { describe, expect, test } from 'vitest';
import type {
  Approval,
  ApprovalFilter,
  ApprovalSelect,
  ApprovalStatus,
} from '../../../src/approvals/approval.ts';
import { agree, cancel, consume, reject } from '../../../src/approvals/change-approval.ts';
import type { StateStore } from '../../../src/state/store.ts';
import {
  approvedSample,
  MINUTE_MS,
  newApprovalWrite,
  sampleApproval,
} from '../../approvals/sample-approval.ts';
import { SAMPLE_TIME_MS } from '../sample-batch.ts';
import type { ContractSubject } from '../store-contract.ts';

const FACTS = { atMs: SAMPLE_TIME_MS + 1, by: 'alice' };
const ALL_STATUSES: readonly ApprovalStatus[] = [
  'pending',
  'approved',
  'rejected',
  'expired',
  'consumed',
  'cancelled',
];

/** In the order given. */
export async function keepAll(store: StateStore, ...approvals: readonly Approval[]): Promise<void> {
  await store.changeApprovals({ id: 'none' }, () => approvals.map((one) => newApprovalWrite(one)));
}

async function selected(store: StateStore, select: ApprovalSelect): Promise<string[]> {
  let ids: string[] = [];
  await store.changeApprovals(select, (found) => {
    ids = found.map(({ id }) => id);
    return [];
  });
  return ids;
}

export function testApprovals(subject: ContractSubject): void {
  describe('approvals', () => {
    testReading(subject);
    testSelecting(subject);
    testChanging(subject);
  });
}

function testReading({ store, openAnother }: ContractSubject): void {
  test('are read as they were written, by any client', async () => {
    const effect = { key: 'k/é', rule: 'r', window: 'day', sliding: true, limit: null } as const;
    const whole = approvedSample({
      id: 'apr_é"\\',
      rule: null,
      reason: 'because\n\u202e',
      source: null,
      approvers: ['alice', 'bob'],
      rejection: 'no',
      effects: [{ ...effect, unit: 'amount', scale: 2, amount: Number.MAX_SAFE_INTEGER }],
    });
    await keepAll(store(), whole, sampleApproval());
    const other = await openAnother();
    expect(await other.readApprovals([whole.id])).toEqual([whole]);
    const both = await other.readApprovals(['apr_1', 'unknown', whole.id, 'apr_1']);
    expect(both.map(({ id }) => id).sort()).toEqual(['apr_1', whole.id]);
    expect(await other.readApprovals([])).toEqual([]);
    expect(await other.readApprovals(['', '%', 'apr_', "' OR 1=1 --"])).toEqual([]);
  });

  test.each([
    ['empty', '{}'],
    ['numbers that no double holds', '{"a":1.00,"b":12345678901234567890,"c":1e400,"d":-0.0}'],
    ['escapes and hidden characters', '{"a":"\\u0000\\ud83d\\n\u202e\u2028é\u{1f600}","__proto__":"\'"}'],
    ['members twice', '{"a":1,"a":2}'],
    ['a megabyte', `{"a":"${'é'.repeat(500_000)}"}`],
  ])('keep their arguments to the byte: %s', async (_, text) => {
    await store().changeApprovals({ id: 'apr_1' }, () => [newApprovalWrite(sampleApproval(), text)]);
    await store().changeApprovals({ id: 'apr_1' }, ([found]) => [reject(found as Approval, FACTS)]);
    expect(await (await openAnother()).readApprovalArguments('apr_1')).toBe(text);
    expect(await store().readApprovalArguments('apr_2')).toBe(null);
  });

  test('are listed with the newest first, of these statuses, up to a limit', async () => {
    const at = (minutes: number): number => SAMPLE_TIME_MS + minutes * MINUTE_MS;
    await keepAll(
      store(),
      sampleApproval({ id: 'b', requestedMs: at(2) }),
      sampleApproval({ id: 'a', requestedMs: at(2), status: 'rejected' }),
      sampleApproval({ id: 'c', requestedMs: at(1) }),
      approvedSample({ id: 'd', requestedMs: at(3) }),
    );
    const listed = async (filter: ApprovalFilter): Promise<string> =>
      (await store().listApprovals(filter)).map(({ id }) => id).join('');
    expect(await listed({})).toBe('dbac');
    expect(await listed({ limit: 2 })).toBe('db');
    expect(await listed({ statuses: ['pending'] })).toBe('bc');
    expect(await listed({ statuses: ['pending', 'approved'], limit: 2 })).toBe('db');
    expect(await listed({ statuses: ['consumed'] })).toBe('');
    expect(await listed({ statuses: [] })).toBe('');
    expect(await listed({ dueMs: SAMPLE_TIME_MS + 11 * MINUTE_MS - 1 })).toBe('');
    expect(await listed({ dueMs: SAMPLE_TIME_MS + 11 * MINUTE_MS })).toBe('d');
    expect(await listed({ dueMs: SAMPLE_TIME_MS + 30 * MINUTE_MS, statuses: ['pending'] })).toBe('bc');
  });

  test('have steps in the order in which they were made, over all of them and each', async () => {
    expect([await store().latestStep(), await store().listSteps({})]).toEqual([0, []]);
    const [one, two] = [sampleApproval(), sampleApproval({ id: 'apr_2', decisionId: 'dec_2' })];
    await keepAll(store(), one, two);
    const said = { ...FACTS, reason: 'é\u202e', decisionId: 'dec_3' };
    await (await openAnother()).changeApprovals({ id: two.id }, () => [reject(two, said)]);
    await store().changeApprovals({ id: one.id }, () => [agree(one, FACTS)]);
    const steps = await store().listSteps({});
    expect(steps.map(({ sequence, ...step }) => step)).toEqual([
      newApprovalWrite(one).step,
      newApprovalWrite(two).step,
      reject(two, said).step,
      agree(one, FACTS).step,
    ]);
    const sequences = steps.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    expect(await store().latestStep()).toBe(sequences[3]);
    expect(await store().listSteps({ approvalId: two.id })).toEqual([steps[1], steps[2]]);
    expect(await store().listSteps({ afterSequence: sequences[1] ?? 0, limit: 1 })).toEqual([steps[2]]);
    expect(await store().listSteps({ approvalId: one.id, afterSequence: sequences[3] ?? 0 })).toEqual([]);
  });
}

function testSelecting({ store }: ContractSubject): void {
  test('are selected by their id', async () => {
    await keepAll(store(), sampleApproval(), sampleApproval({ id: 'apr_2' }));
    expect(await selected(store(), { id: 'apr_2' })).toEqual(['apr_2']);
    expect(await selected(store(), { id: 'apr_3' })).toEqual([]);
  });

  test('of an agent are selected as long as they matter: rejected ones until their time to decide is over', async () => {
    const nowMs = SAMPLE_TIME_MS + 30 * MINUTE_MS;
    const ended = ALL_STATUSES.map((status) => sampleApproval({ id: status, status, decideByMs: nowMs }));
    const standing = ALL_STATUSES.map((status) =>
      sampleApproval({ id: `${status} still`, status, decideByMs: nowMs + 1 }),
    );
    const others = [{ agent: 'payments' }, { agent: 'Payments-bot' }, { server: 'other' }];
    await keepAll(
      store(),
      ...ended,
      ...standing,
      ...others.map((other, index) => sampleApproval({ id: `other ${index}`, ...other })),
    );
    const found = await selected(store(), { server: 'finance', agent: 'payments-bot', nowMs });
    expect(found.sort()).toEqual([
      'approved',
      'approved still',
      'pending',
      'pending still',
      'rejected still',
    ]);
  });

  test('that are due are those whose time to decide, or to use, is over', async () => {
    const nowMs = SAMPLE_TIME_MS + 11 * MINUTE_MS;
    const late = { decideByMs: nowMs - 1, useByMs: nowMs + 1 };
    await keepAll(
      store(),
      sampleApproval({ id: 'to decide', decideByMs: nowMs }),
      sampleApproval({ id: 'in time', decideByMs: nowMs + 1 }),
      approvedSample({ id: 'to use', useByMs: nowMs - 1 }),
      approvedSample({ id: 'still to use', ...late }),
      ...ALL_STATUSES.slice(2).map((status) => sampleApproval({ id: status, status, decideByMs: 1 })),
    );
    expect(await selected(store(), { dueMs: nowMs })).toEqual(['to use', 'to decide']);
  });

  test('are found by what they are now, not by what they were', async () => {
    const one = sampleApproval();
    await keepAll(store(), one);
    await store().changeApprovals({ id: one.id }, () => [cancel(one, FACTS)]);
    expect(await selected(store(), { dueMs: one.decideByMs })).toEqual([]);
    expect(await store().listApprovals({ statuses: ['pending'] })).toEqual([]);
    expect(await store().listApprovals({ statuses: ['cancelled'] })).toHaveLength(1);
  });
}

function testChanging({ store, openAnother }: ContractSubject): void {
  test('change all or not at all: what `change` throws comes through', async () => {
    await keepAll(store(), sampleApproval());
    const error = new Error('no');
    const failing = store().changeApprovals({ id: 'apr_1' }, () => {
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    // The second of two writes cannot be made: an approval that is there already comes as a new one.
    const half = store().changeApprovals({ id: 'apr_1' }, ([found]) => [
      reject(found as Approval, FACTS),
      newApprovalWrite(sampleApproval()),
    ]);
    await expect(half).rejects.toThrow();
    expect(await store().readApprovals(['apr_1'])).toEqual([sampleApproval()]);
    expect(await store().listSteps({})).toHaveLength(1);
    const other = await openAnother();
    await other.changeApprovals({ id: 'apr_1' }, ([found]) => [reject(found as Approval, FACTS)]);
    expect((await store().readApprovals(['apr_1']))[0]?.status).toBe('rejected');
  });

  test('change one after the other where two clients do so at once: nothing is lost', async () => {
    const clients = [store(), await openAnother()];
    const each = 50;
    await keepAll(store(), sampleApproval({ required: 1000 }));
    const names = Array.from({ length: each }, (_, index) => `person-${index}`);
    await Promise.all(
      clients.flatMap((client, number) =>
        names.map((name) =>
          client.changeApprovals({ id: 'apr_1' }, ([found]) => [
            agree(found as Approval, { atMs: SAMPLE_TIME_MS, by: `${name}-${number}` }),
          ]),
        ),
      ),
    );
    const [last] = await store().readApprovals(['apr_1']);
    expect(new Set(last?.approvers).size).toBe(2 * each);
    const steps = await store().listSteps({ approvalId: 'apr_1' });
    expect(steps.slice(1).map(({ by }) => by)).toEqual(last?.approvers);
  });

  test('see at once what another client made of them', async () => {
    const other = await openAnother();
    await keepAll(store(), approvedSample());
    await other.changeApprovals({ id: 'apr_1' }, ([found]) => [consume(found as Approval, FACTS)]);
    expect((await store().readApprovals(['apr_1']))[0]?.status).toBe('consumed');
    expect(await store().latestStep()).toBe(await other.latestStep());
  });
}
