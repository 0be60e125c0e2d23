// Invariant 3, any doubt denies: what is written for approvals fails with the code of the fault, and is never half there.
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Approval } from '../../src/approvals/approval.ts';
import { consume, reject } from '../../src/approvals/change-approval.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { approvedSample, newApprovalWrite, sampleApproval } from '../approvals/sample-approval.ts';
import { asOrdinaryUser, makeReadOnly, OPTIONS, openSeeded } from './faulty-file.ts';
import { chargeAll, SAMPLE_TIME_MS } from './sample-batch.ts';
import { canMount, fillDisk, smallDisk } from './small-disk.ts';
import { openSqlFile, runSql } from './sql-file.ts';

const FACTS = { atMs: SAMPLE_TIME_MS, by: 'alice' };
const PERSON = { id: 'a1', name: 'alice', createdMs: 1, digest: 'd1', ownerOf: [] } as const;
const POLICY = { revision: 'r', server: 's', atMs: 1, sources: [], rego: [], counters: [] } as const;
const CLAIM = { nowMs: SAMPLE_TIME_MS, sinceMs: 0, leaseMs: 1, limit: 9 };
const DELIVERY = { step: 1, status: 'failed', attempts: 1, atMs: 1, nextMs: 1, detail: null } as const;

type Operation = (store: StateStore) => Promise<unknown>;

/** Each can be done again. */
const WRITES: Readonly<Record<string, Operation>> = {
  'changing approvals': (store) =>
    store.changeApprovals({ id: 'apr_1' }, ([found]) => [reject(found as Approval, FACTS)]),
  'using an approval': (store) =>
    store.commitLocked(
      ['a'],
      (records, approvals) => ({
        ...chargeAll(records, 1),
        approvals: approvals.map((one) => consume(one, FACTS)),
      }),
      ['apr_1'],
    ),
  'adding and removing approvers': async (store) => {
    await store.addApprover(PERSON);
    await store.removeApprovers('alice');
  },
  'claiming deliveries': (store) => store.claimDeliveries(CLAIM),
  'settling a delivery': (store) => store.settleDelivery(DELIVERY),
  'keeping a policy': (store) => store.keepPolicy(POLICY),
  'making a secret': (store) => store.readSecret('new'),
};

const READS: Readonly<Record<string, readonly [table: string, Operation]>> = {
  'reading approvals': ['approvals', (store) => store.readApprovals(['apr_1'])],
  'listing approvals': ['approvals', (store) => store.listApprovals({})],
  'selecting approvals': ['approvals', (store) => store.changeApprovals({ dueMs: 1 }, () => [])],
  "reading an approval's arguments": ['approval_arguments', (store) => store.readApprovalArguments('apr_1')],
  'listing steps': ['approval_steps', (store) => store.listSteps({})],
  'finding the latest step': ['approval_steps', (store) => store.latestStep()],
  'finding an approver': ['approvers', (store) => store.findApprover('d1')],
  'listing approvers': ['approvers', (store) => store.listApprovers()],
  'listing deliveries': ['deliveries', (store) => store.listDeliveries(1)],
  'reading a policy': ['policies', (store) => store.readPolicy('r', 's')],
  'listing policies': ['policies', (store) => store.newestPolicies()],
};

/** With an approval that can be used. */
async function openWithApproval(file?: string): Promise<{ file: string; store: StateStore }> {
  const opened = await openSeeded(file);
  await opened.store.changeApprovals({ id: 'apr_1' }, () => [newApprovalWrite(approvedSample())]);
  return opened;
}

/** Everything that the operations above could have changed. */
async function contentsOf(store: StateStore): Promise<unknown> {
  return [
    await store.read(['a']),
    (await store.list({})).length,
    await store.listApprovals({}),
    await store.listSteps({}),
    await store.listApprovers(),
    await store.listDeliveries(9),
    await store.newestPolicies(),
  ];
}

describe.each(Object.entries(WRITES))('%s', (_name, write) => {
  test('gives up where another process holds the file, and works for all to see afterwards', async () => {
    const { file, store } = await openWithApproval();
    const before = await contentsOf(store);
    const holder = openSqlFile(file);
    onTestFinished(() => holder.close());
    await holder.run('BEGIN EXCLUSIVE');
    await expect(write(store)).rejects.toMatchObject({ code: 'locked' });
    await holder.run('COMMIT');
    expect(await contentsOf(store)).toEqual(before);
    await write(store);
    const another = await openSqliteStore({ ...OPTIONS, file });
    onTestFinished(() => another.close());
    expect(await contentsOf(another)).toEqual(await contentsOf(store));
  });

  test('fails where the file cannot be written', async () => {
    const { file, store } = await openWithApproval();
    await store.close();
    chmodSync(file, 0o444);
    makeReadOnly(dirname(file));
    await asOrdinaryUser(async () => {
      const failing = async (): Promise<unknown> => {
        const readOnly = await openSqliteStore({ ...OPTIONS, file });
        onTestFinished(() => readOnly.close());
        return write(readOnly);
      };
      await expect(failing()).rejects.toMatchObject({ code: 'read-only' });
    });
  });

  test('fails where the file is gone', async () => {
    const { file, store } = await openWithApproval();
    rmSync(file);
    await expect(write(store)).rejects.toMatchObject({ code: 'missing' });
  });
});

describe('where another program drops a table', () => {
  test.each(Object.entries(READS))('%s fails', async (_name, [table, read]) => {
    const { file, store } = await openWithApproval();
    await runSql(file, `DROP TABLE ${table}`);
    await expect(read(store)).rejects.toMatchObject({ code: 'schema' });
  });

  test.each([
    ['approvals', 'changing approvals'],
    ['approval_steps', 'changing approvals'],
    ['approvals', 'using an approval'],
    ['approval_steps', 'using an approval'],
    ['counters', 'using an approval'],
    ['approvers', 'adding and removing approvers'],
    ['deliveries', 'claiming deliveries'],
    ['approval_steps', 'claiming deliveries'],
    ['deliveries', 'settling a delivery'],
    ['policies', 'keeping a policy'],
    ['secrets', 'making a secret'],
  ])('%s: %s fails, and leaves the rest as it was', async (table, name) => {
    const { file, store } = await openWithApproval();
    await runSql(file, `DROP TABLE ${table}`);
    await expect(WRITES[name]?.(store)).rejects.toMatchObject({ code: 'schema' });
    const holder = openSqlFile(file);
    onTestFinished(() => holder.close());
    const counts = { approvals: 1, approval_steps: 1, counters: 1, journal: 1, deliveries: 0, policies: 0 };
    for (const [left, count] of Object.entries(counts)) {
      if (left === table) continue;
      expect([left, await holder.all(`SELECT count(*) AS count FROM ${left}`)]).toEqual([left, [{ count }]]);
    }
  });
});

test.runIf(canMount())('an approval is used as soon as a full disk has room again, not before', async () => {
  const folder = smallDisk();
  const filler = join(folder, 'filler');
  const { store } = await openWithApproval(join(folder, 'state.db'));
  writeFileSync(filler, '');
  fillDisk(filler);
  const large = newApprovalWrite(sampleApproval({ id: 'apr_2' }), `"${'x'.repeat(100_000)}"`);
  await expect(store.changeApprovals({ id: 'none' }, () => [large])).rejects.toMatchObject({ code: 'full' });
  const useWithLarge = store.commitLocked(
    ['a'],
    (records, [found]) => ({
      ...chargeAll(records, 1),
      approvals: [consume(found as Approval, FACTS), large],
    }),
    ['apr_1'],
  );
  await expect(useWithLarge).rejects.toMatchObject({ code: 'full' });
  rmSync(filler);
  expect(await store.listApprovals({})).toEqual([approvedSample()]);
  expect((await store.read(['a']))[0]?.value).toBe(1);
  await WRITES['using an approval']?.(store);
  expect((await store.listApprovals({}))[0]?.status).toBe('consumed');
});
