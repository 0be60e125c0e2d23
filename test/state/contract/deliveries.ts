// Contract: each step is delivered by one client at a time, until its delivery is settled.
import { describe, expect, test } from 'vitest';
import type { ClaimedDelivery, DeliveryClaim } from '../../../src/state/delivery.ts';
import type { StateStore } from '../../../src/state/store.ts';
import { newApprovalWrite, sampleApproval } from '../../approvals/sample-approval.ts';
import { SAMPLE_TIME_MS } from '../sample-batch.ts';
import type { ContractSubject } from '../store-contract.ts';

const NOW_MS = SAMPLE_TIME_MS;
const LEASE_MS = 1000;
const CLAIM: DeliveryClaim = { nowMs: NOW_MS, sinceMs: 0, leaseMs: LEASE_MS, limit: 100 };

/** One step each, made at that time. */
async function makeSteps(store: StateStore, ...times: readonly number[]): Promise<void> {
  for (const requestedMs of times) {
    const made = newApprovalWrite(sampleApproval({ id: `apr_${requestedMs}`, requestedMs }));
    await store.changeApprovals({ id: 'none' }, () => [made]);
  }
}

const idsOf = (claimed: readonly ClaimedDelivery[]): string[] => claimed.map(({ approvalId }) => approvalId);

export function testDeliveries({ store, openAnother }: ContractSubject): void {
  const claim = async (changes: Partial<DeliveryClaim> = {}, from = store()): Promise<string[]> =>
    idsOf(await from.claimDeliveries({ ...CLAIM, ...changes }));

  describe('deliveries', () => {
    test('are claimed once for each step, in the order of the steps', async () => {
      expect(await claim()).toEqual([]);
      await makeSteps(store(), 1, 2);
      const claimed = await store().claimDeliveries(CLAIM);
      const steps = await store().listSteps({});
      expect(claimed.map(({ step }) => step)).toEqual(steps.map(({ sequence }) => sequence));
      expect(claimed[0]).toEqual({
        step: steps[0]?.sequence,
        approvalId: 'apr_1',
        kind: 'requested',
        status: 'waiting',
        attempts: 0,
        atMs: NOW_MS,
        nextMs: NOW_MS,
        detail: null,
      });
      expect(await claim()).toEqual([]);
      await makeSteps(store(), 3);
      expect(await claim()).toEqual(['apr_3']);
    });

    test('are nobody else’s before the lease is over, and then anybody’s', async () => {
      const other = await openAnother();
      await makeSteps(store(), 1);
      expect(await claim()).toEqual(['apr_1']);
      expect(await claim({ nowMs: NOW_MS + LEASE_MS - 1 }, other)).toEqual([]);
      expect(await claim({ nowMs: NOW_MS + LEASE_MS }, other)).toEqual(['apr_1']);
      expect(await claim({ nowMs: NOW_MS + LEASE_MS })).toEqual([]);
    });

    test('are claimed by one of two clients that ask at the same time', async () => {
      const clients = [store(), await openAnother()];
      await makeSteps(store(), ...Array.from({ length: 30 }, (_, index) => index + 1));
      const asked = Array.from({ length: 20 }, (_, index) => claim({ limit: 2 }, clients[index % 2]));
      const claimed = (await Promise.all(asked)).flat();
      expect(claimed).toHaveLength(30);
      expect(new Set(claimed).size).toBe(30);
    });

    test('come in portions, the oldest first', async () => {
      await makeSteps(store(), 1, 2, 3);
      expect(await claim({ limit: 2 })).toEqual(['apr_1', 'apr_2']);
      expect(await claim({ limit: 2 })).toEqual(['apr_3']);
    });

    test('are never made for steps from before', async () => {
      await makeSteps(store(), NOW_MS - 1, NOW_MS, NOW_MS + 1);
      expect(await claim({ sinceMs: NOW_MS })).toEqual([`apr_${NOW_MS}`, `apr_${NOW_MS + 1}`]);
      expect(await claim({ sinceMs: 0 })).toEqual([]);
      expect(await store().listDeliveries(10)).toHaveLength(2);
    });

    test('that were begun go on whatever is said of the time before', async () => {
      await makeSteps(store(), 1);
      await claim();
      const later = { nowMs: NOW_MS + LEASE_MS, sinceMs: NOW_MS };
      expect(await claim(later)).toEqual(['apr_1']);
    });

    test('that are settled come again at their next time, or never', async () => {
      await makeSteps(store(), 1, 2, 3);
      const [first, second, third] = (await store().claimDeliveries(CLAIM)) as [
        ClaimedDelivery,
        ClaimedDelivery,
        ClaimedDelivery,
      ];
      const nextMs = NOW_MS + 10;
      const facts = { attempts: 1, atMs: NOW_MS + 5, nextMs };
      await store().settleDelivery({ ...first, ...facts, status: 'waiting', detail: 'status 500 \u202e' });
      await store().settleDelivery({ ...second, ...facts, status: 'delivered', detail: 'status 200' });
      await store().settleDelivery({ ...third, ...facts, status: 'failed', detail: null });
      expect(await claim({ nowMs: nextMs - 1 })).toEqual([]);
      expect(await claim({ nowMs: nextMs })).toEqual(['apr_1']);
      expect(await claim({ nowMs: nextMs + LEASE_MS - 1 })).toEqual([]);
      expect(await (await openAnother()).listDeliveries(10)).toEqual([
        { ...third, ...facts, status: 'failed', detail: null },
        { ...second, ...facts, status: 'delivered', detail: 'status 200' },
        { ...first, ...facts, nextMs: nextMs + LEASE_MS, status: 'waiting', detail: 'status 500 \u202e' },
      ]);
    });

    test('are listed with the newest first, up to a limit', async () => {
      expect(await store().listDeliveries(10)).toEqual([]);
      await makeSteps(store(), 1, 2, 3);
      await claim();
      expect(idsOf(await store().listDeliveries(2))).toEqual(['apr_3', 'apr_2']);
    });
  });
}
