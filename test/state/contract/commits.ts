// Contract: a commit is all or nothing, and refused when a version it rests on has moved.
import { describe, expect, test } from 'vitest';
import type { CommitBatch } from '../../../src/state/store.ts';
import { chargeAll, sampleCounter, sampleRow } from '../sample-batch.ts';
import type { ContractSubject } from '../store-contract.ts';

export function testCommits({ store, openAnother }: ContractSubject): void {
  describe('commit', () => {
    test('reads counters that were never written as version 0, in the order asked', async () => {
      await store().commit(chargeAll(await store().read(['b']), 5));
      const records = await store().read(['c', 'b', 'a']);
      expect(records.map(({ key, version, value }) => [key, version, value])).toEqual([
        ['c', 0, 0],
        ['b', 1, 5],
        ['a', 0, 0],
      ]);
      expect(await store().read([])).toEqual([]);
    });

    test('writes rows and counters together and adds one to each version', async () => {
      expect(await store().commit(chargeAll(await store().read(['a', 'b']), 3))).toEqual({
        status: 'committed',
      });
      expect(await store().commit(chargeAll(await store().read(['a']), 4))).toEqual({ status: 'committed' });
      const records = await store().read(['a', 'b']);
      expect(records.map(({ version, value }) => [version, value])).toEqual([
        [2, 7],
        [1, 3],
      ]);
      expect(await store().list({})).toHaveLength(2);
    });

    test('lists counters by the beginning of their key, in the order of keys, up to a limit', async () => {
      const keys = ['a/2', 'a/1', 'a', 'A/1', 'b', 'a%', 'a_', "a'"];
      await store().commit({ rows: [], reads: [], writes: keys.map((key) => sampleCounter(key)) });
      const listed = async (prefix: string, limit = 99): Promise<string[]> =>
        (await store().listCounters(prefix, limit)).map(({ key }) => key);
      expect(await listed('')).toEqual([...keys].sort());
      expect(await listed('a/')).toEqual(['a/1', 'a/2']);
      expect(await listed('', 2)).toEqual(['A/1', 'a']);
      expect([await listed('a%'), await listed('a_'), await listed("a'")]).toEqual([['a%'], ['a_'], ["a'"]]);
      expect(await listed('c')).toEqual([]);
      expect(await store().listCounters('b', 1)).toEqual([sampleCounter('b', { version: 1 })]);
    });

    test('writes several decisions in their order with one commit', async () => {
      const rows = Array.from({ length: 130 }, (_, index) => sampleRow({ tool: `tool_${index}` }));
      await store().commit({ rows, reads: [], writes: [sampleCounter('a')] });
      const entries = await store().list({});
      expect(entries.map(({ tool }) => tool)).toEqual(rows.map(({ tool }) => tool));
      expect(entries.map(({ sequence }) => sequence)).toEqual(
        [...new Set(entries.map(({ sequence }) => sequence))].sort((a, b) => a - b),
      );
    });

    test('writes counters without any decision', async () => {
      await store().commit({ rows: [], reads: [], writes: [sampleCounter('a', { value: 9 })] });
      expect(await store().read(['a'])).toEqual([sampleCounter('a', { version: 1, value: 9 })]);
      expect(await store().list({})).toEqual([]);
    });

    test('survives its client: another one reads what was committed', async () => {
      const row = sampleRow();
      await store().commit({ rows: [row], reads: [], writes: [sampleCounter('a')] });
      await store().close();
      const another = await openAnother();
      expect(await another.read(['a'])).toEqual([sampleCounter('a', { version: 1 })]);
      expect(await another.list({})).toMatchObject([row]);
    });
  });

  describe('an overtaken commit', () => {
    const read = { key: 'a', version: 0 };
    const stale: Array<readonly [string, CommitBatch]> = [
      ['of one decision', { rows: [sampleRow()], reads: [read], writes: [sampleCounter('b')] }],
      ['of several', { rows: [sampleRow(), sampleRow()], reads: [read], writes: [sampleCounter('b')] }],
      ['without decisions', { rows: [], reads: [read], writes: [sampleCounter('b')] }],
      [
        'of a denial that writes nothing',
        { rows: [sampleRow({ outcome: 'deny' })], reads: [read], writes: [] },
      ],
      ['that writes what it never read', { rows: [sampleRow()], reads: [], writes: [sampleCounter('a')] }],
      [
        'that writes another version than it read',
        { rows: [sampleRow()], reads: [{ key: 'a', version: 1 }], writes: [sampleCounter('a')] },
      ],
      ['from the future', { rows: [sampleRow()], reads: [{ key: 'a', version: 2 }], writes: [] }],
      [
        'of a counter that is not there',
        { rows: [sampleRow()], reads: [{ key: 'z', version: 1 }], writes: [] },
      ],
    ];
    test.each(stale)('%s is refused whole', async (_, batch) => {
      const another = await openAnother();
      await another.commit({ rows: [], reads: [], writes: [sampleCounter('a')] });
      expect(await store().commit(batch)).toEqual({ status: 'overtaken' });
      expect(await store().list({})).toEqual([]);
      expect((await store().read(['a', 'b'])).map(({ version }) => version)).toEqual([1, 0]);
    });

    test('a decision id is written once: the second commit fails and charges nothing', async () => {
      const row = sampleRow();
      await store().commit({ rows: [row], reads: [], writes: [] });
      await expect(
        store().commit({ rows: [row], reads: [], writes: [sampleCounter('a')] }),
      ).rejects.toThrow();
      await expect(
        store().commit({ rows: [sampleRow(), row], reads: [], writes: [sampleCounter('a')] }),
      ).rejects.toThrow();
      expect(await store().list({})).toHaveLength(1);
      expect((await store().read(['a']))[0]?.version).toBe(0);
    });
  });
}
