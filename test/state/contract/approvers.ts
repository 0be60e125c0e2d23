// Contract: approvers are found by the digests of their tokens, and are one person with all of them.
import { describe, expect, test } from 'vitest';
import type { ContractSubject } from '../store-contract.ts';

const ALICE = { id: 'a1', name: 'alice', createdMs: 1000, digest: 'd1', ownerOf: ['payments-*'] } as const;
const ALICE_AGAIN = { id: 'a2', name: 'alice', createdMs: 500, digest: 'd2', ownerOf: [] } as const;
const BOB = { id: 'b1', name: 'Bob \u{1f600}', createdMs: 1, digest: 'd3', ownerOf: ['"x"', 'é'] } as const;

export function testApprovers({ store, openAnother }: ContractSubject): void {
  const addAll = async (): Promise<void> => {
    for (const approver of [ALICE, ALICE_AGAIN, BOB]) await store().addApprover(approver);
  };
  const withoutDigest = ({ digest: _, ...approver }: typeof ALICE | typeof BOB) => approver;

  describe('approvers', () => {
    test('are found by the digest of a token, and of no other', async () => {
      await addAll();
      expect(await store().findApprover('d1')).toEqual(withoutDigest(ALICE));
      expect(await store().findApprover('d3')).toEqual(withoutDigest(BOB));
      for (const digest of ['d', 'd11', 'D1', '', '%', 'alice', "' OR 1=1 --"]) {
        expect([digest, await store().findApprover(digest)]).toEqual([digest, null]);
      }
    });

    test('own with each token what was said of any: another token lifts nothing', async () => {
      await addAll();
      await store().addApprover({ ...ALICE, id: 'a3', digest: 'd4', ownerOf: ['audit', 'payments-*'] });
      const owned = ['audit', 'payments-*'];
      for (const digest of ['d1', 'd2', 'd4']) {
        expect(await store().findApprover(digest)).toMatchObject({ name: 'alice', ownerOf: owned });
      }
      expect((await store().listApprovers()).map(({ ownerOf }) => ownerOf)).toEqual([
        BOB.ownerOf,
        owned,
        owned,
        owned,
      ]);
    });

    test('are listed by name and age, without digests', async () => {
      expect(await store().listApprovers()).toEqual([]);
      await addAll();
      expect(await store().listApprovers()).toEqual([
        withoutDigest(BOB),
        { id: 'a2', name: 'alice', createdMs: 500, ownerOf: ['payments-*'] },
        withoutDigest(ALICE),
      ]);
    });

    test('lose all of their tokens, and nobody else loses any', async () => {
      await addAll();
      expect(await store().removeApprovers('Alice')).toBe(0);
      expect(await store().removeApprovers('alice')).toBe(2);
      expect(await Promise.all(['d1', 'd2'].map((digest) => store().findApprover(digest)))).toEqual([
        null,
        null,
      ]);
      expect(await store().listApprovers()).toEqual([withoutDigest(BOB)]);
    });

    test('never share an id or a digest', async () => {
      await addAll();
      await expect(store().addApprover({ ...BOB, id: 'b2' })).rejects.toBeDefined();
      await expect(store().addApprover({ ...BOB, digest: 'd9' })).rejects.toBeDefined();
      expect(await store().listApprovers()).toHaveLength(3);
    });

    test('are no agents, nor agents approvers', async () => {
      await store().addApprover(ALICE);
      await store().addAgentToken({ id: 't1', name: 'bot', digest: 'd7', createdMs: 1 });
      expect([await store().findAgent('d1'), await store().findApprover('d7')]).toEqual([null, null]);
    });

    test('are known and unknown to other clients of the same data at once', async () => {
      const other = await openAnother();
      await other.addApprover(ALICE);
      expect(await store().findApprover('d1')).toMatchObject({ name: 'alice' });
      await other.removeApprovers('alice');
      expect(await store().findApprover('d1')).toBe(null);
    });
  });
}
