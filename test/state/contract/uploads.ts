// Contract: one cursor for each place that decisions go to, held by one uploader at a time.
import { describe, expect, test } from 'vitest';
import { SAMPLE_TIME_MS, sampleRow } from '../sample-batch.ts';
import type { ContractSubject } from '../store-contract.ts';

const CLAIM = { target: 'logs', holder: 'a', nowMs: 1000, leaseMs: 100, sinceMs: SAMPLE_TIME_MS };

export function testUploads({ store, openAnother }: ContractSubject): void {
  const commit = (...times: readonly number[]): Promise<unknown> =>
    store().commit({ rows: times.map((atMs) => sampleRow({ atMs })), reads: [], writes: [] });

  describe('uploads', () => {
    test('begin with the rows from a moment on', async () => {
      await commit(SAMPLE_TIME_MS - 2, SAMPLE_TIME_MS - 1, SAMPLE_TIME_MS);
      expect(await store().claimUpload(CLAIM)).toBe(2);
      expect(await store().claimUpload({ ...CLAIM, target: 'other', sinceMs: 0 })).toBe(0);
      await commit(SAMPLE_TIME_MS + 1);
      expect(await store().claimUpload(CLAIM)).toBe(2);
    });

    test('belong to who claimed them, until the claim is over or given up', async () => {
      const other = await openAnother();
      const late = { ...CLAIM, holder: 'b' };
      expect(await store().claimUpload(CLAIM)).toBe(0);
      expect(await other.claimUpload({ ...late, nowMs: 1099 })).toBeNull();
      expect(await store().claimUpload({ ...CLAIM, nowMs: 1050 })).toBe(0);
      expect(await other.claimUpload({ ...late, nowMs: 1149 })).toBeNull();
      expect(await other.claimUpload({ ...late, nowMs: 1150 })).toBe(0);
      expect(await store().claimUpload({ ...CLAIM, nowMs: 1160 })).toBeNull();
      await other.releaseUpload(late);
      expect(await store().claimUpload({ ...CLAIM, nowMs: 1160 })).toBe(0);
    });

    test('go on where they got to, and never back', async () => {
      await store().claimUpload(CLAIM);
      await store().advanceUpload({ ...CLAIM, sequence: 7 });
      await store().advanceUpload({ ...CLAIM, sequence: 5 });
      expect(await store().claimUpload(CLAIM)).toBe(7);
    });

    test('are not moved by one whose claim is over', async () => {
      await store().claimUpload(CLAIM);
      await store().claimUpload({ ...CLAIM, holder: 'b', nowMs: 5000 });
      await store().advanceUpload({ ...CLAIM, sequence: 7 });
      await store().releaseUpload(CLAIM);
      expect(await store().claimUpload({ ...CLAIM, holder: 'b', nowMs: 5001 })).toBe(0);
      expect(await store().claimUpload({ ...CLAIM, nowMs: 5001 })).toBeNull();
    });

    test('of two that claim at once, one gets it', async () => {
      const other = await openAnother();
      const both = await Promise.all([
        store().claimUpload(CLAIM),
        other.claimUpload({ ...CLAIM, holder: 'b' }),
      ]);
      expect(both.sort()).toEqual([0, null]);
    });
  });
}
