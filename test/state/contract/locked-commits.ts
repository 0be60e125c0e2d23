// Contract: under the write lock nobody comes between reading and writing.
import { describe, expect, test } from 'vitest';
import type { StateStore } from '../../../src/state/store.ts';
import { chargeAll, sampleRow } from '../sample-batch.ts';
import type { ContractSubject } from '../store-contract.ts';

export function testLockedCommits({ store, openAnother }: ContractSubject): void {
  describe('commitLocked', () => {
    test('makes the batch from what it reads, and commits it', async () => {
      await store().commit(chargeAll(await store().read(['b']), 2));
      await store().commitLocked(['a', 'b'], (records) => {
        expect(records.map(({ key, version, value }) => [key, version, value])).toEqual([
          ['a', 0, 0],
          ['b', 1, 2],
        ]);
        return chargeAll(records, 5);
      });
      expect((await store().read(['a', 'b'])).map(({ value }) => value)).toEqual([5, 7]);
      expect(await store().list({})).toHaveLength(2);
    });

    test('writes nothing when making the batch throws, and lets the error through', async () => {
      const error = new Error('the policy could not be evaluated');
      const failing = store().commitLocked(['a'], () => {
        throw error;
      });
      await expect(failing).rejects.toBe(error);
      expect(await store().commit(chargeAll(await store().read(['a']), 1))).toEqual({ status: 'committed' });
      const another = await openAnother();
      await another.commitLocked(['a'], (records) => chargeAll(records, 1));
      expect((await another.read(['a']))[0]?.value).toBe(2);
    });

    test('writes nothing when the batch cannot be written', async () => {
      const row = sampleRow();
      await store().commit({ rows: [row], reads: [], writes: [] });
      const failing = store().commitLocked(['a'], (records) => ({ ...chargeAll(records, 1), rows: [row] }));
      await expect(failing).rejects.toThrow();
      expect((await store().read(['a']))[0]?.version).toBe(0);
      await store().commitLocked(['a'], (records) => chargeAll(records, 1));
      expect((await store().read(['a']))[0]?.value).toBe(1);
    });

    test('keeps its order among operations that were started together', async () => {
      const first = await store().read(['a']);
      const started = [
        store().commit(chargeAll(first, 1)),
        store().commitLocked(['a'], (records) => chargeAll(records, 10)),
        store().commit(chargeAll(first, 100)),
        store().commitLocked(['a'], (records) => chargeAll(records, 1000)),
      ];
      expect(await Promise.all(started)).toEqual([
        { status: 'committed' },
        undefined,
        { status: 'overtaken' },
        undefined,
      ]);
      expect((await store().read(['a']))[0]?.value).toBe(1011);
    });

    test('counts every charge once when two clients race', async () => {
      const clients = [store(), await openAnother()];
      await Promise.all(clients.map((client) => chargeOften(client, 200)));
      expect((await store().read(['a']))[0]).toMatchObject({ value: 400, version: 400 });
      expect(await store().list({})).toHaveLength(400);
    });
  });
}

/** First without the lock; whoever is overtaken comes again with it. */
async function chargeOften(client: StateStore, times: number): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    const { status } = await client.commit(chargeAll(await client.read(['a']), 1));
    if (status === 'overtaken') await client.commitLocked(['a'], (records) => chargeAll(records, 1));
  }
}
