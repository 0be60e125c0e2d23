// Contract: a session that somebody ended stays ended for every client, and is forgotten once time has ended it.
import { describe, expect, test } from 'vitest';
import type { ContractSubject } from '../store-contract.ts';

export function testEndedSessions({ store, openAnother }: ContractSubject): void {
  describe('sessions of the console', () => {
    test('that were ended are ended for everybody, and no others', async () => {
      await store().endSession({ id: 'one', untilMs: 2000, nowMs: 1000 });
      await store().endSession({ id: 'one', untilMs: 2000, nowMs: 1000 });
      const other = await openAnother();
      expect(await other.isSessionEnded('one')).toBe(true);
      for (const id of ['on', 'ONE', '', '%'])
        expect([id, await other.isSessionEnded(id)]).toEqual([id, false]);
    });

    test('are forgotten when their time is over', async () => {
      await store().endSession({ id: 'one', untilMs: 2000, nowMs: 1000 });
      await store().endSession({ id: 'two', untilMs: 9000, nowMs: 2000 });
      expect([await store().isSessionEnded('one'), await store().isSessionEnded('two')]).toEqual([
        false,
        true,
      ]);
    });
  });
}
