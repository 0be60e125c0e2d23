// The -wal and -shm files deleted, moved or replaced under a sidecar, and the state file emptied: nobody counts from less
// than what was committed, and what was committed is not lost.
import {
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openRecoveringStore } from '../../src/state/recovering-store.ts';
import { LOOK_MS } from '../../src/state/sqlite/log-files.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { startGuarded } from '../sidecar/guarded-server.ts';
import { OPTIONS, openSeeded } from './faulty-file.ts';
import { chargeAll } from './sample-batch.ts';

const LOST = [
  ['-wal', ['-wal']],
  ['-shm', ['-shm']],
  ['-wal and -shm', ['-wal', '-shm']],
] as const;

/** Until the log is looked at again. */
const untilLooked = (): Promise<void> => sleep(LOOK_MS + 5);

async function openAgain(file: string): Promise<StateStore> {
  const store = await openSqliteStore({ ...OPTIONS, file });
  onTestFinished(() => store.close());
  return store;
}

async function totalOf(store: StateStore): Promise<number | undefined> {
  return (await store.read(['a']))[0]?.value;
}

test.each(LOST)(
  'without its %s a store fails as missing, and saves it all at its end',
  async (_, suffixes) => {
    const { file, store } = await openSeeded();
    const before = await totalOf(store);
    for (const suffix of suffixes) rmSync(file + suffix);
    await untilLooked();
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
    await expect(openAgain(file)).rejects.toMatchObject({ code: 'locked' });
    await store.close();
    expect(await totalOf(await openAgain(file))).toBe(before);
  },
);

test.each(LOST)(
  'without its %s a store that recovers does so by itself, and has lost nothing',
  async (_, suffixes) => {
    const { file, store: seed } = await openSeeded();
    const store = openRecoveringStore(() => openSqliteStore({ ...OPTIONS, file }), 10);
    onTestFinished(() => store.close());
    const before = await totalOf(store);
    await seed.close();
    for (const suffix of suffixes) rmSync(file + suffix);
    await untilLooked();
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
    await expect.poll(() => totalOf(store).catch(() => null)).toBe(before);
  },
);

test('a log that was moved away and put back is the same one', async () => {
  const { file, store } = await openSeeded();
  const before = await totalOf(store);
  renameSync(`${file}-wal`, `${file}.away`);
  await untilLooked();
  await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
  renameSync(`${file}.away`, `${file}-wal`);
  await untilLooked();
  expect(await totalOf(store)).toBe(before);
});

test('a store behind a link knows its log, which lies beside the file itself', async () => {
  const { file, store: real } = await openSeeded();
  const before = await totalOf(real);
  symlinkSync(file, `${file}.link`);
  const store = await openAgain(`${file}.link`);
  expect(await totalOf(store)).toBe(before);
  rmSync(`${file}-wal`);
  await untilLooked();
  await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
});

test("a log that replaced a store's own is left alone", async () => {
  const { file, store } = await openSeeded();
  rmSync(`${file}-wal`);
  writeFileSync(`${file}-wal`, 'of another process');
  await untilLooked();
  await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
  await store.close();
  expect(readFileSync(`${file}-wal`, 'utf8')).toBe('of another process');
});

test('an emptied file fails as missing, keeps its log, and works once its content is back', async () => {
  const { file, store: seed } = await openSeeded();
  const open = (mustExist: boolean) => openSqliteStore({ ...OPTIONS, file, mustExist });
  const store = openRecoveringStore(({ mustExist }) => open(mustExist), 10);
  onTestFinished(() => store.close());
  const before = await totalOf(store);
  const content = readFileSync(file);
  truncateSync(file);
  await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
  await expect(seed.commit(chargeAll([], 1))).rejects.toMatchObject({ code: 'missing' });
  await expect(open(true)).rejects.toMatchObject({ code: 'schema' });
  expect(existsSync(`${file}-wal`)).toBe(true);
  writeFileSync(file, content);
  await expect.poll(() => totalOf(store).catch(() => null)).toBe(before);
});

test('a sidecar whose log was deleted denies until all is saved, and forgets no call then', async () => {
  const policy = 'version: "1"\ntools:\n  pay:\n    rules:\n      - rate_limit: 6/day\n';
  const first = startGuarded({ policy });
  const isDenied = async ({ client }: typeof first): Promise<boolean> => {
    const { result } = await client.callTool('pay');
    return result.isError === true;
  };
  for (let call = 1; call <= 3; call += 1) expect(await isDenied(first)).toBe(false);
  for (const suffix of ['-wal', '-shm']) rmSync(first.stateFile + suffix);
  await untilLooked();
  expect(await isDenied(first)).toBe(true);
  await expect.poll(() => isDenied(first), { timeout: 20_000 }).toBe(false);
  first.client.child.kill('SIGKILL');
  const second = startGuarded({ policy, args: ['--state', first.stateFile] });
  await expect.poll(() => isDenied(second), { timeout: 20_000 }).toBe(true);
  expect(first.executed().length + second.executed().length).toBe(6);
});
