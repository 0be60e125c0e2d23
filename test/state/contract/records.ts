// Contract: the policies that were in force, and secrets that all clients of the same data share.
import { describe, expect, test } from 'vitest';
import type { PolicyRecord } from '../../../src/state/store.ts';
import type { ContractSubject } from '../store-contract.ts';

function sampleRecord(changes: Partial<PolicyRecord> = {}): PolicyRecord {
  return { revision: 'r1', server: 'finance', atMs: 1000, sources: [], rego: [], counters: [], ...changes };
}

export function testRecords({ store, openAnother }: ContractSubject): void {
  describe('policies', () => {
    test('are read as they were kept, by any client', async () => {
      const plan = { base: 'b', rule: 'r', currency: null, per: null, limit: 5, scale: 0 } as const;
      const record = sampleRecord({
        sources: [{ name: 'é.yaml', text: 'version: "1"\n# \u202e\u0000\n' }],
        rego: [{ name: 'a.rego', text: 'package a\n'.repeat(20_000) }],
        counters: [{ ...plan, window: 'day', sliding: true, unit: 'calls' }],
      });
      await store().keepPolicy(record);
      expect(await (await openAnother()).readPolicy('r1', 'finance')).toEqual(record);
      expect(await store().readPolicy('r2', 'finance')).toBe(null);
      expect(await store().readPolicy('r1', 'Finance')).toBe(null);
    });

    test('are replaced by a record of the same revision and server, and by no other', async () => {
      await store().keepPolicy(sampleRecord());
      await store().keepPolicy(sampleRecord({ server: 'other', atMs: 2 }));
      await store().keepPolicy(sampleRecord({ revision: 'r2', atMs: 3 }));
      await store().keepPolicy(sampleRecord({ atMs: 4 }));
      const kept = await Promise.all([
        store().readPolicy('r1', 'finance'),
        store().readPolicy('r1', 'other'),
        store().readPolicy('r2', 'finance'),
      ]);
      expect(kept.map((record) => record?.atMs)).toEqual([4, 2, 3]);
    });

    test('in force are for each server the one that was kept last', async () => {
      expect(await store().newestPolicies()).toEqual([]);
      for (const [server, revision, atMs] of [
        ['zoo', 'r1', 5],
        ['finance', 'r1', 10],
        ['finance', 'r2', 20],
        ['finance', 'r3', 15],
      ] as const) {
        await store().keepPolicy(sampleRecord({ server, revision, atMs }));
      }
      const newest = async (): Promise<string[]> =>
        (await store().newestPolicies()).map(({ server, revision }) => `${server} ${revision}`);
      expect(await newest()).toEqual(['finance r2', 'zoo r1']);
      // An older revision comes into force again.
      await (await openAnother()).keepPolicy(sampleRecord({ revision: 'r1', atMs: 30 }));
      expect(await newest()).toEqual(['finance r1', 'zoo r1']);
    });
  });

  describe('secrets', () => {
    test('are 32 random bytes, each name its own, and stay as they are', async () => {
      const [one, two] = [await store().readSecret('one'), await store().readSecret('two')];
      for (const secret of [one, two]) expect(secret).toMatch(/^[\w-]{43}$/);
      expect(one).not.toBe(two);
      expect([await store().readSecret('one'), await store().readSecret('two')]).toEqual([one, two]);
    });

    test('are the same for clients that first ask at the same time, and for later ones', async () => {
      const clients = [store(), await openAnother()];
      const asked = Array.from({ length: 20 }, (_, index) => clients[index % 2]?.readSecret('one'));
      const [first, ...others] = await Promise.all(asked);
      expect(others).toEqual(Array(19).fill(first));
      expect(await (await openAnother()).readSecret('one')).toBe(first);
    });
  });
}
