// The store that opens itself: denies while a fault lasts, recovers when it has passed, never starts from zero.
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openRecoveringStore } from '../../src/state/recovering-store.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { chargeAll } from './sample-batch.ts';
import { openSqlFile, runSql } from './sql-file.ts';
import { testStore } from './store-contract.ts';
import { makeFolder, removeFolder, temporaryFolder } from './temporary-folder.ts';

const RETRY_MS = 60;

testStore('recovering store', async () => {
  const folder = makeFolder();
  return {
    open: async () =>
      openRecoveringStore(({ mustExist }) =>
        openSqliteStore({ file: join(folder, 'state.db'), durability: 'normal', mustExist }),
      ),
    remove: async () => removeFolder(folder),
  };
});

interface Recovering {
  readonly store: StateStore;
  readonly file: string;
  readonly attempts: () => number;
}

function openRecovering(): Recovering {
  const file = join(temporaryFolder(), 'state.db');
  let attempts = 0;
  const store = openRecoveringStore(({ mustExist }) => {
    attempts += 1;
    return openSqliteStore({ file, durability: 'normal', busyTimeoutMs: 20, mustExist });
  }, RETRY_MS);
  onTestFinished(() => store.close());
  return { store, file, attempts: () => attempts };
}

async function charge(store: StateStore): Promise<number> {
  await store.commitLocked(['a'], (records) => chargeAll(records, 1));
  return (await store.read(['a']))[0]?.value ?? 0;
}

test('opens when it is first used, and once for calls that come together', async () => {
  const { store, file, attempts } = openRecovering();
  expect(existsSync(file)).toBe(false);
  await Promise.all([store.read(['a']), store.list({}), charge(store)]);
  expect(attempts()).toBe(1);
});

test('opens later where it could not at first', async () => {
  const { store, file } = openRecovering();
  writeFileSync(file, 'this is not a database, though it is long enough to be taken for one');
  await expect(charge(store)).rejects.toMatchObject({ code: 'corrupt' });
  rmSync(file);
  await sleep(RETRY_MS + 10);
  expect(await charge(store)).toBe(1);
});

test('keeps its counters over a fault that passes', async () => {
  const { store, file } = openRecovering();
  await charge(store);
  renameSync(file, `${file}.away`);
  await expect(charge(store)).rejects.toMatchObject({ code: 'missing' });
  await expect(charge(store)).rejects.toMatchObject({ code: 'missing' });
  renameSync(`${file}.away`, file);
  await sleep(RETRY_MS + 10);
  expect(await charge(store)).toBe(2);
});

test('tries to open at most once in a while, and says what failed last meanwhile', async () => {
  const { store, file, attempts } = openRecovering();
  await charge(store);
  rmSync(file);
  await sleep(RETRY_MS + 10);
  for (let call = 0; call < 20; call += 1) {
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
  }
  expect(attempts()).toBe(2);
  await sleep(RETRY_MS + 10);
  await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
  expect(attempts()).toBe(3);
});

test('waits out a lock on the connection it has', async () => {
  const { store, file, attempts } = openRecovering();
  await charge(store);
  const holder = openSqlFile(file);
  await holder.run('BEGIN EXCLUSIVE');
  await expect(charge(store)).rejects.toMatchObject({ code: 'locked' });
  await holder.run('COMMIT');
  await holder.close();
  expect(await charge(store)).toBe(2);
  expect(attempts()).toBe(1);
});

test.each([
  ['a file that was deleted', 'missing', async (file: string) => rmSync(file)],
  ['a file that was emptied by replacing it', 'schema', async (file: string) => replaceByEmpty(file)],
  [
    'tables that were dropped',
    'schema',
    (file: string) =>
      runSql(file, 'DROP VIEW decisions; DROP VIEW batches; DROP TABLE counters; DROP TABLE journal'),
  ],
])('never starts from empty counters after %s', async (_, code, damage) => {
  const { store, file } = openRecovering();
  await charge(store);
  await damage(file);
  await expect(charge(store)).rejects.toBeDefined();
  await sleep(RETRY_MS + 10);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(charge(store)).rejects.toMatchObject({ code });
    await sleep(RETRY_MS + 10);
  }
});

test('passes on what making a batch throws, without opening anew', async () => {
  const { store, attempts } = openRecovering();
  const error = new Error('the policy threw');
  const failing = store.commitLocked(['a'], () => {
    throw error;
  });
  await expect(failing).rejects.toBe(error);
  expect(await charge(store)).toBe(1);
  expect(attempts()).toBe(1);
});

test('opens nothing after its end', async () => {
  const { store, file } = openRecovering();
  await store.close();
  await expect(charge(store)).rejects.toMatchObject({ code: 'io' });
  expect(existsSync(file)).toBe(false);
});

function replaceByEmpty(file: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`);
  writeFileSync(`${file}.new`, '');
  renameSync(`${file}.new`, file);
}
