// The moments at which a store is opened, given up and closed, where they meet: never two connections, never one left open.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type OpenStore, openRecoveringStore } from '../../src/state/recovering-store.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import { StateError, type StateStore } from '../../src/state/store.ts';
import { temporaryFolder } from './temporary-folder.ts';

const RETRY_MS = 60;

interface Watched {
  readonly store: StateStore;
  readonly file: string;
  /** The numbers of the connections that were opened, and of those that were closed. */
  readonly opened: number[];
  readonly closed: number[];
}

/** `change` may delay the opening of a connection, or put something else in its place. */
function openWatched(
  change: (store: StateStore, connection: number) => StateStore | Promise<StateStore>,
): Watched {
  const file = join(temporaryFolder(), 'state.db');
  const opened: number[] = [];
  const closed: number[] = [];
  let connections = 0;
  const open: OpenStore = async ({ mustExist }) => {
    connections += 1;
    const connection = connections;
    const real = await openSqliteStore({ file, durability: 'normal', mustExist });
    opened.push(connection);
    const close = async (): Promise<void> => {
      closed.push(connection);
      await real.close();
    };
    return change({ ...real, close }, connection);
  };
  const store = openRecoveringStore(open, RETRY_MS);
  onTestFinished(() => store.close());
  return { store, file, opened, closed };
}

function gate(): { readonly opens: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opens = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opens, open };
}

test('a store that is closed while it opens is closed once it is open, and opens no more', async () => {
  const { opens, open } = gate();
  const { store, opened, closed } = openWatched((real) => opens.then(() => real));
  const early = store.read(['a']);
  const closing = Promise.all([store.close(), store.close()]);
  await expect(store.read(['a'])).rejects.toMatchObject({ code: 'io' });
  open();
  await closing;
  // It came before the end, and was waiting.
  expect(await early).toMatchObject([{ key: 'a', version: 0 }]);
  expect([opened, new Set(closed)]).toEqual([[1], new Set([1])]);
  await expect(store.read(['a'])).rejects.toMatchObject({ code: 'io' });
  await store.close();
  expect(opened).toEqual([1]);
});

test('calls that fail together give the connection up once; those that come together later open one', async () => {
  const { store, file, opened, closed } = openWatched((real) => real);
  await store.read(['a']);
  renameSync(file, `${file}.away`);
  const failing = Array.from({ length: 5 }, () => store.read(['a']));
  for (const each of failing) await expect(each).rejects.toMatchObject({ code: 'missing' });
  expect([opened, closed]).toEqual([[1], [1]]);
  renameSync(`${file}.away`, file);
  await sleep(RETRY_MS + 10);
  await Promise.all(Array.from({ length: 5 }, () => store.read(['a'])));
  expect([opened, closed]).toEqual([[1, 2], [1]]);
});

test('what fails late on a connection of before does not give up the one of now', async () => {
  const { opens, open } = gate();
  const { store, file, opened, closed } = openWatched((real, connection) => {
    if (connection > 1) return real;
    const list = async (): Promise<never> => {
      await opens;
      throw new StateError('io', 'late', null);
    };
    return { ...real, list };
  });
  await store.read(['a']);
  const late = store.list({});
  renameSync(file, `${file}.away`);
  await expect(store.read(['a'])).rejects.toMatchObject({ code: 'missing' });
  renameSync(`${file}.away`, file);
  await sleep(RETRY_MS + 10);
  await store.read(['a']);
  open();
  await expect(late).rejects.toThrow('late');
  await store.read(['a']);
  expect([opened, closed]).toEqual([[1, 2], [1]]);
});

test('an attempt that fails before it begins is not the last', async () => {
  let attempts = 0;
  const file = join(temporaryFolder(), 'state.db');
  const store = openRecoveringStore(() => {
    attempts += 1;
    if (attempts === 1) throw new Error('at once');
    return openSqliteStore({ file, durability: 'normal' });
  }, RETRY_MS);
  onTestFinished(() => store.close());
  await expect(store.read(['a'])).rejects.toThrow('at once');
  await sleep(RETRY_MS + 10);
  expect(await store.read(['a'])).toMatchObject([{ key: 'a', version: 0 }]);
});
