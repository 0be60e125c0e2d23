// Invariant 3, any doubt denies: real faults of the state file reject with the code that names them, and nothing is
// half written. Faults that pass by themselves leave a store that works.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { asOrdinaryUser, makeReadOnly, OPTIONS, openSeeded } from './faulty-file.ts';
import { chargeAll, sampleCounter, sampleRow } from './sample-batch.ts';
import { canMount, fillDisk, smallDisk } from './small-disk.ts';
import { openSqlFile, runSql } from './sql-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('a running store', () => {
  const writes: ReadonlyArray<readonly [string, (store: StateStore) => Promise<unknown>]> = [
    ['one decision', async (store) => store.commit(chargeAll(await store.read(['a']), 1))],
    ['several', async (store) => store.commit({ rows: [sampleRow(), sampleRow()], reads: [], writes: [] })],
    ['a locked commit', (store) => store.commitLocked(['a'], (records) => chargeAll(records, 1))],
    ['a result', (store) => store.settle([{ id: 'dec_unknown', result: 'error', atMs: 1 }])],
  ];
  // Each kind of write after each kind of failure: a statement that fails half begun would keep the next uncommitted.
  for (const [name, write] of writes) {
    test(`gives up on ${name} as locked, and works for all to see once the lock is released`, async () => {
      const { file, store } = await openSeeded();
      const holder = openSqlFile(file);
      onTestFinished(() => holder.close());
      for (const [, next] of writes) {
        await holder.run('BEGIN EXCLUSIVE');
        await expect(write(store)).rejects.toMatchObject({ code: 'locked' });
        await holder.run('COMMIT');
        await next(store);
        const [row] = await holder.all<{ rows: number }>('SELECT count(*) AS rows FROM journal');
        expect(row?.rows).toBe(await store.latestSequence());
      }
      await expectToCharge(store);
      expect(await holder.all('SELECT value FROM counters')).toEqual([{ value: 5 }]);
    });
  }

  test('waits out a short lock', async () => {
    const { file, store } = await openSeeded();
    const holder = openSqlFile(file);
    await holder.run('BEGIN EXCLUSIVE');
    const commit = store.commit(chargeAll(await store.read(['b']), 1));
    setTimeout(() => void holder.run('COMMIT').then(holder.close), 30);
    expect(await commit).toEqual({ status: 'committed' });
  });

  test.runIf(canMount())(
    'fails as full on a full disk, writes nothing, and works once there is room',
    async () => {
      const folder = smallDisk();
      const filler = join(folder, 'filler');
      const { store } = await openSeeded(join(folder, 'state.db'));
      writeFileSync(filler, '');
      fillDisk(filler);
      const large = {
        rows: [sampleRow({ input: JSON.stringify('x'.repeat(100_000)) })],
        reads: [],
        writes: [],
      };
      const charged = { ...large, writes: [sampleCounter('b')] };
      await expect(store.commit(charged)).rejects.toMatchObject({ code: 'full' });
      await expect(store.commitLocked(['b'], () => charged)).rejects.toMatchObject({ code: 'full' });
      rmSync(filler);
      expect((await store.read(['b']))[0]?.version).toBe(0);
      expect(await store.list({})).toHaveLength(1);
      await expectToCharge(store);
    },
  );

  test.each([
    ['all tables', 'DROP TABLE counters; DROP TABLE journal; DROP VIEW decisions; DROP VIEW batches'],
    ['the counters', 'DROP TABLE counters'],
    ['the journal', 'DROP TABLE journal'],
    ['a trigger', 'DROP TRIGGER record_decision; DROP TRIGGER record_batch'],
  ])('fails as schema when another program drops %s', async (_, sql) => {
    const { file, store } = await openSeeded();
    await runSql(file, sql);
    const batch = { rows: [sampleRow()], reads: [], writes: [sampleCounter('b')] };
    await expect(store.commit(batch)).rejects.toMatchObject({ code: 'schema' });
    await expect(store.commit({ ...batch, rows: [] })).rejects.toMatchObject({ code: 'schema' });
    await expect(store.commitLocked([], () => batch)).rejects.toMatchObject({ code: 'schema' });
  });

  test('fails as schema when another program drops the journal, also what rests on no counter', async () => {
    const { file, store } = await openSeeded();
    await runSql(file, 'DROP TABLE journal');
    const batch = { rows: [sampleRow()], reads: [], writes: [] };
    await expect(store.commit(batch)).rejects.toMatchObject({ code: 'schema' });
  });

  test.each([
    ['deleted', (file: string) => rmSync(file)],
    ['moved away', (file: string) => renameSync(file, `${file}.old`)],
    ['gone with its folder', (file: string) => rmSync(dirname(file), { recursive: true })],
    [
      'replaced',
      (file: string) => {
        writeFileSync(`${file}.new`, '');
        renameSync(`${file}.new`, file);
      },
    ],
  ])('fails as missing when its file is %s', async (_, remove) => {
    const { file, store } = await openSeeded();
    remove(file);
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
    await expect(store.commit(chargeAll([sampleCounter('b')], 1))).rejects.toMatchObject({ code: 'missing' });
    await expect(store.commitLocked([], () => chargeAll([], 1))).rejects.toMatchObject({ code: 'missing' });
  });

  test('leaves the write-ahead log of a file that replaced its own', async () => {
    const { file, store } = await openSeeded();
    for (const suffix of ['', '-wal', '-shm']) renameSync(`${file}${suffix}`, `${file}.old${suffix}`);
    const { store: replacement } = await openSeeded(file);
    await store.close();
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    await expectToCharge(replacement);
  });

  test('refuses what comes after its end, which may be asked for twice', async () => {
    const { store } = await openSeeded();
    await store.close();
    await store.close();
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'io' });
  });
});

describe('opening', () => {
  test('a read-only file fails as read-only at the first write', async () => {
    const { file, store } = await openSeeded();
    await store.close();
    chmodSync(file, 0o444);
    makeReadOnly(dirname(file));
    await asOrdinaryUser(async () => {
      const write = async (): Promise<unknown> => {
        const readOnly = await openSqliteStore({ ...OPTIONS, file });
        onTestFinished(() => readOnly.close());
        return readOnly.commit(chargeAll([], 1));
      };
      await expect(write()).rejects.toMatchObject({ code: 'read-only' });
    });
  });

  test('a file in a folder that cannot be written fails as read-only', async () => {
    const folder = temporaryFolder();
    makeReadOnly(folder);
    await asOrdinaryUser(async () => {
      const opening = openSqliteStore({ ...OPTIONS, file: join(folder, 'state.db') });
      await expect(opening).rejects.toMatchObject({ code: 'read-only' });
    });
  });

  test('a damaged file fails as corrupt, in its header as in its pages', async () => {
    for (const [start, end] of [
      [0, 100],
      [100, 4096],
    ] as const) {
      const { file, store } = await openSeeded();
      await store.close();
      const bytes = readFileSync(file);
      bytes.fill(0xa5, start, end);
      writeFileSync(file, bytes);
      await expect(openSqliteStore({ ...OPTIONS, file })).rejects.toMatchObject({ code: 'corrupt' });
    }
  });

  test('a locked file fails as locked', async () => {
    const { file, store } = await openSeeded();
    await store.close();
    const holder = openSqlFile(file);
    await holder.run('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    await expect(openSqliteStore({ ...OPTIONS, file })).rejects.toMatchObject({ code: 'locked' });
    await holder.run('COMMIT');
    await holder.close();
    await (await openSqliteStore({ ...OPTIONS, file })).close();
  });

  test('a folder in place of the file, or a file in place of the folder, fails as io', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'state.db'));
    writeFileSync(join(folder, 'file'), '');
    for (const file of [join(folder, 'state.db'), join(folder, 'file', 'state.db')]) {
      await expect(openSqliteStore({ ...OPTIONS, file })).rejects.toMatchObject({ code: 'io' });
    }
  });
});

async function expectToCharge(store: StateStore): Promise<void> {
  const [before] = await store.read(['a']);
  expect(await store.commit(chargeAll(await store.read(['a']), 1))).toEqual({ status: 'committed' });
  await store.commitLocked(['a'], (records) => chargeAll(records, 1));
  expect((await store.read(['a']))[0]?.value).toBe((before?.value ?? 0) + 2);
}
