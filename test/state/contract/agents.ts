// Contract: tokens are found by their digests for as long as nobody removed them.
import { describe, expect, test } from 'vitest';
import type { ContractSubject } from '../store-contract.ts';

const TOKENS = [
  { id: 't2', name: 'payments-bot', digest: 'd2', createdMs: 2000 },
  { id: 't1', name: 'payments-bot', digest: 'd1', createdMs: 1000 },
  { id: 't3', name: 'audit \u{1f600}', digest: 'd3', createdMs: 500 },
] as const;

export function testAgents({ store, openAnother }: ContractSubject): void {
  const addAll = async (): Promise<void> => {
    for (const token of TOKENS) await store().addAgentToken(token);
  };
  const found = (): Promise<Array<string | null>> =>
    Promise.all(TOKENS.map(({ digest }) => store().findAgent(digest)));

  describe('agents', () => {
    test('are found by the digest of any of their tokens, and of no other', async () => {
      await addAll();
      expect(await found()).toEqual(['payments-bot', 'payments-bot', 'audit \u{1f600}']);
      for (const digest of ['d', 'd11', 'D1', '', '%', 'payments-bot', "' OR 1=1 --"]) {
        expect([digest, await store().findAgent(digest)]).toEqual([digest, null]);
      }
    });

    test('are listed by name and age, without digests', async () => {
      expect(await store().listAgentTokens()).toEqual([]);
      await addAll();
      expect(await store().listAgentTokens()).toEqual([
        { id: 't3', name: 'audit \u{1f600}', createdMs: 500 },
        { id: 't1', name: 'payments-bot', createdMs: 1000 },
        { id: 't2', name: 'payments-bot', createdMs: 2000 },
      ]);
    });

    test('lose all of their tokens, and nobody else loses any', async () => {
      await addAll();
      expect(await store().removeAgentTokens('payments-bot', null)).toBe(2);
      expect(await found()).toEqual([null, null, 'audit \u{1f600}']);
    });

    test('lose one token by its id, which must be theirs', async () => {
      await addAll();
      expect(await store().removeAgentTokens('payments-bot', 't3')).toBe(0);
      expect(await store().removeAgentTokens('payments-bot', 't2')).toBe(1);
      expect(await found()).toEqual([null, 'payments-bot', 'audit \u{1f600}']);
    });

    test('that are unknown lose nothing', async () => {
      await addAll();
      expect(await store().removeAgentTokens('payments', null)).toBe(0);
      expect(await store().listAgentTokens()).toHaveLength(3);
    });

    test('never share an id or a digest', async () => {
      await addAll();
      await expect(store().addAgentToken({ ...TOKENS[0], id: 't9' })).rejects.toBeDefined();
      await expect(store().addAgentToken({ ...TOKENS[0], digest: 'd9' })).rejects.toBeDefined();
      expect(await store().listAgentTokens()).toHaveLength(3);
    });

    test('are known and unknown to other clients of the same data at once', async () => {
      const other = await openAnother();
      await other.addAgentToken(TOKENS[0]);
      expect(await store().findAgent('d2')).toBe('payments-bot');
      await other.removeAgentTokens('payments-bot', null);
      expect(await store().findAgent('d2')).toBe(null);
    });
  });
}
