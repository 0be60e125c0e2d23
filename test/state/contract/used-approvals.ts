// Contract: an approval is used up in the same write as the charges of its call: both or neither.
import { describe, expect, test } from 'vitest';
import { consume, reject } from '../../../src/approvals/change-approval.ts';
import type { BuildLocked, StateStore } from '../../../src/state/store.ts';
import { approvedSample, newApprovalWrite, sampleApproval } from '../../approvals/sample-approval.ts';
import { chargeAll, SAMPLE_TIME_MS, sampleRow } from '../sample-batch.ts';
import type { ContractSubject } from '../store-contract.ts';
import { keepAll } from './approvals.ts';

const IDS = ['apr_1'] as const;

/** Charges one for each approval that is still there to be used. */
const useOnce: BuildLocked = (records, approvals) => {
  const usable = approvals.filter(({ status }) => status === 'approved');
  const used = usable.map((one) => consume(one, { atMs: SAMPLE_TIME_MS, by: 'agent:payments-bot' }));
  return { ...chargeAll(usable.length > 0 ? records : [], 1), approvals: used };
};

async function outcomeOf(store: StateStore): Promise<readonly unknown[]> {
  const [approval] = await store.readApprovals(IDS);
  const [counter] = await store.read(['a']);
  const steps = await store.listSteps({});
  return [approval?.status, counter?.value, (await store.list({})).length, steps.map(({ step }) => step)];
}

export function testUsedApprovals({ store, openAnother }: ContractSubject): void {
  describe('commitLocked with approvals', () => {
    test('gives those that there are to `build`, and writes their change with the charges', async () => {
      await keepAll(store(), approvedSample(), sampleApproval({ id: 'apr_2' }));
      let seen: string[] = [];
      const build: BuildLocked = (records, approvals) => {
        seen = approvals.map(({ id, status }) => `${id} ${status}`);
        return useOnce(records, approvals);
      };
      await store().commitLocked(['a'], build, ['apr_2', 'unknown', 'apr_1']);
      expect(seen.sort()).toEqual(['apr_1 approved', 'apr_2 pending']);
      expect(await outcomeOf(await openAnother())).toEqual([
        'consumed',
        1,
        1,
        ['requested', 'requested', 'consumed'],
      ]);
      await store().commitLocked(['a'], (records, approvals) => {
        expect(approvals).toEqual([]);
        return chargeAll(records, 1);
      });
    });

    test('writes neither where `build` throws', async () => {
      await keepAll(store(), approvedSample());
      const error = new Error('the policy could not be evaluated');
      const build: BuildLocked = (records, approvals) => {
        useOnce(records, approvals);
        throw error;
      };
      await expect(store().commitLocked(['a'], build, IDS)).rejects.toBe(error);
      expect(await outcomeOf(store())).toEqual(['approved', 0, 0, ['requested']]);
    });

    test('writes neither where the row cannot be written', async () => {
      const row = sampleRow();
      await store().commit({ rows: [row], reads: [], writes: [] });
      await keepAll(store(), approvedSample());
      const build: BuildLocked = (...read) => ({ ...useOnce(...read), rows: [row] });
      await expect(store().commitLocked(['a'], build, IDS)).rejects.toThrow();
      expect(await outcomeOf(store())).toEqual(['approved', 0, 1, ['requested']]);
    });

    test('writes neither where the approval cannot be written', async () => {
      await keepAll(store(), approvedSample());
      const build: BuildLocked = (records, approvals) => {
        const batch = useOnce(records, approvals);
        return { ...batch, approvals: [...(batch.approvals ?? []), newApprovalWrite(approvedSample())] };
      };
      await expect(store().commitLocked(['a'], build, IDS)).rejects.toThrow();
      expect(await outcomeOf(store())).toEqual(['approved', 0, 0, ['requested']]);
      await store().commitLocked(['a'], useOnce, IDS);
      expect(await outcomeOf(store())).toEqual(['consumed', 1, 1, ['requested', 'consumed']]);
    });

    test('uses an approval once, and charges once, whoever of two clients tries and how often', async () => {
      await keepAll(store(), approvedSample());
      const clients = [store(), await openAnother()];
      const tries = Array.from({ length: 40 }, (_, index) => clients[index % 2] as StateStore);
      await Promise.all(tries.map((client) => client.commitLocked(['a'], useOnce, IDS)));
      expect(await outcomeOf(store())).toEqual(['consumed', 1, 40, ['requested', 'consumed']]);
    });

    test('never uses what another client rejects at the same time, or is never rejected once used', async () => {
      const other = await openAnother();
      for (let round = 0; round < 20; round += 1) {
        const id = `apr_${round}`;
        await keepAll(store(), approvedSample({ id }));
        await Promise.all([
          store().commitLocked(['a'], useOnce, [id]),
          other.changeApprovals({ id }, ([found]) =>
            found?.status === 'approved' ? [reject(found, { atMs: SAMPLE_TIME_MS, by: 'alice' })] : [],
          ),
        ]);
        const steps = await store().listSteps({ approvalId: id });
        expect(steps).toHaveLength(2);
        expect((await other.readApprovals([id]))[0]?.status).toBe(steps[1]?.step);
      }
      const used = await store().listApprovals({ statuses: ['consumed'] });
      expect((await store().read(['a']))[0]?.value).toBe(used.length);
    });

    test('is the only way: `commit` refuses changes of approvals, and writes nothing', async () => {
      const batch = {
        ...chargeAll(await store().read(['a']), 1),
        approvals: [newApprovalWrite(approvedSample())],
      };
      await expect(store().commit(batch)).rejects.toThrow(/under the lock/);
      expect(await outcomeOf(store())).toEqual([undefined, 0, 0, []]);
    });
  });
}
