// Contract: the journal is read back in order, filtered, and takes what came of each call.
import { describe, expect, test } from 'vitest';
import type { JournalFilter } from '../../../src/journal/journal-row.ts';
import { SAMPLE_TIME_MS, sampleRow } from '../sample-batch.ts';
import type { ContractSubject } from '../store-contract.ts';

export function testJournal({ store }: ContractSubject): void {
  describe('settle', () => {
    test('adds results to their rows and ignores ids it does not know', async () => {
      const rows = [sampleRow(), sampleRow(), sampleRow()] as const;
      await store().commit({ rows, reads: [], writes: [] });
      await store().settle([
        { id: rows[0].id, result: 'answered', atMs: SAMPLE_TIME_MS + 5 },
        { id: 'dec_unknown', result: 'error', atMs: 1 },
        { id: rows[2].id, result: 'server-died', atMs: SAMPLE_TIME_MS + 7 },
      ]);
      await store().settle([]);
      expect((await store().list({})).map(({ result, resultAtMs }) => [result, resultAtMs])).toEqual([
        ['answered', SAMPLE_TIME_MS + 5],
        [null, null],
        ['server-died', SAMPLE_TIME_MS + 7],
      ]);
    });
  });

  describe('list', () => {
    const rows = [
      sampleRow({ tool: 'pay', atMs: 1000 }),
      sampleRow({ tool: 'pay_all', atMs: 2000, outcome: 'deny' }),
      sampleRow({ tool: 'PAY', atMs: 3000, agent: 'other', server: 'github' }),
      sampleRow({ tool: 'a[b]', atMs: 4000, outcome: 'require_approval' }),
      sampleRow({ tool: 'a/\u{1f600}\n', atMs: 5000, agent: 'other', outcome: 'deny' }),
    ] as const;
    const cases: ReadonlyArray<readonly [string, JournalFilter, readonly number[]]> = [
      ['everything', {}, [1, 2, 3, 4, 5]],
      ['after a sequence', { afterSequence: 3 }, [4, 5]],
      ['before a sequence', { beforeSequence: 3 }, [1, 2]],
      ['between two sequences', { afterSequence: 1, beforeSequence: 4 }, [2, 3]],
      ['the newest first', { newestFirst: true, limit: 2 }, [5, 4]],
      ['since a time, that moment included', { sinceMs: 4000 }, [4, 5]],
      ['an exact tool', { tool: 'pay' }, [1]],
      ['tools by *', { tool: 'pay*' }, [1, 2]],
      ['tools by ? for one character of any plane', { tool: 'a/??' }, [5]],
      ['a bracket as itself', { tool: 'a[b]' }, [4]],
      ['a bracket never as a set', { tool: '[pP]ay' }, []],
      ['a closing bracket as itself', { tool: '*]' }, [4]],
      ['an agent', { agent: 'other' }, [3, 5]],
      ['a server', { server: 'github' }, [3]],
      ['an outcome', { outcome: 'deny' }, [2, 5]],
      ['the first so many', { limit: 2 }, [1, 2]],
      [
        'all of these at once',
        { agent: 'other', outcome: 'deny', afterSequence: 1, sinceMs: 2, limit: 9 },
        [5],
      ],
    ];
    test.each(cases)('finds %s', async (_, filter, expected) => {
      await store().commit({ rows, reads: [], writes: [] });
      expect((await store().list(filter)).map(({ sequence }) => sequence)).toEqual(expected);
    });

    test('counts the outcomes of each step of time, and leaves steps without any out', async () => {
      expect(await store().countOutcomes({ sinceMs: 0, stepMs: 1000 })).toEqual([]);
      await store().commit({ rows, reads: [], writes: [] });
      const counted = async (sinceMs: number, stepMs: number): Promise<string[]> =>
        (await store().countOutcomes({ sinceMs, stepMs })).map(
          ({ atMs, outcome, count }) => `${atMs} ${outcome} ${count}`,
        );
      expect(await counted(0, 1_000_000)).toEqual(['0 allow 2', '0 deny 2', '0 require_approval 1']);
      expect(await counted(2000, 3000)).toEqual([
        '0 deny 1',
        '3000 allow 1',
        '3000 deny 1',
        '3000 require_approval 1',
      ]);
      expect(await counted(5001, 1000)).toEqual([]);
    });

    test('knows the newest sequence, 0 in an empty journal', async () => {
      expect(await store().latestSequence()).toBe(0);
      await store().commit({ rows, reads: [], writes: [] });
      expect(await store().latestSequence()).toBe(5);
    });
  });
}
