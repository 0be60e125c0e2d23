// Contract: whatever is written is read back exactly.
import { describe, expect, test } from 'vitest';
import { sampleCounter, sampleRow } from '../sample-batch.ts';
import type { ContractSubject } from '../store-contract.ts';

const MAX = Number.MAX_SAFE_INTEGER;

const TEXTS: ReadonlyArray<readonly [string, string]> = [
  ['empty', ''],
  ['a NUL', 'a\u0000b'],
  ['controls', '\u0001\u001f\u007f\u0085'],
  ['quotes and backslashes', `'"\\"'; DROP TABLE journal; --`],
  ['what looks like JSON', '{"a":[1,2]}'],
  ['what looks like a number', '0012'],
  ['beyond the BMP', '\u{1f600}\u{10ffff}'],
  ['line separators', 'a\r\n\u2028\u2029'],
  ['a member of every object', '__proto__'],
  ['a long one', 'é'.repeat(500_000)],
];

export function testValues({ store }: ContractSubject): void {
  describe('exact values', () => {
    const numbers = [0, 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 3, MAX];
    test.each(numbers)('keeps the number %d in a counter and in a row', async (number) => {
      const counter = sampleCounter('a', {
        windowStartMs: number,
        value: number,
        buckets: [[number, number]],
      });
      const rows = [sampleRow({ atMs: number })];
      await store().commit({ rows, reads: [], writes: [counter] });
      await store().commitLocked(['a', 'b'], (records) => ({
        rows: [sampleRow({ atMs: number }), sampleRow()],
        reads: records.map(({ key, version }) => ({ key, version })),
        writes: records.map(({ key, version }) => ({ ...counter, key, version })),
      }));
      expect(await store().read(['a', 'b'])).toEqual([
        { ...counter, version: 2 },
        { ...counter, key: 'b', version: 1 },
      ]);
      expect((await store().list({})).slice(0, 2).map(({ atMs }) => atMs)).toEqual([number, number]);
    });

    test.each([-1, 0.5, MAX + 1, Number.NaN, Number.POSITIVE_INFINITY])(
      'refuses the value %d, which no counter may have',
      async (value) => {
        const rows = [sampleRow()];
        await expect(
          store().commit({ rows, reads: [], writes: [sampleCounter('a', { value })] }),
        ).rejects.toThrow();
        expect(await store().list({})).toEqual([]);
        expect((await store().read(['a']))[0]?.version).toBe(0);
      },
    );

    test.each(TEXTS)('keeps %s in rows and keys', async (_, text) => {
      const fields = { server: text, agent: text, session: text, tool: text, rule: text, reason: text };
      const exact = { ...fields, input: JSON.stringify(text), output: JSON.stringify([text]) };
      const rows = [sampleRow(exact), sampleRow(exact), sampleRow(exact)] as const;
      await store().commit({
        rows: [rows[0]],
        reads: [{ key: text, version: 0 }],
        writes: [sampleCounter(text)],
      });
      await store().commit({ rows: rows.slice(1), reads: [{ key: text, version: 1 }], writes: [] });
      expect(await store().list({})).toMatchObject(rows);
      expect(await store().read([text])).toEqual([sampleCounter(text, { version: 1 })]);
      expect(await store().commit({ rows: [], reads: [{ key: text, version: 0 }], writes: [] })).toEqual({
        status: 'overtaken',
      });
    });

    test('tells keys apart that differ behind a NUL, or in case', async () => {
      const keys = ['a\u0000b', 'a\u0000c', 'a', 'A'];
      for (const [index, key] of keys.entries()) {
        await store().commit({ rows: [], reads: [], writes: [sampleCounter(key, { value: index })] });
      }
      expect((await store().read(keys)).map(({ value }) => value)).toEqual([0, 1, 2, 3]);
    });
  });
}
