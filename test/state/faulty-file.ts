// A state file for tests that damage it, or take away the right to use it.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { chargeAll } from './sample-batch.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const OPTIONS = { durability: 'normal', busyTimeoutMs: 100 } as const;

/** A store with one row and one counter, `a`. */
export async function openSeeded(file?: string): Promise<{ file: string; store: StateStore }> {
  const path = file ?? join(temporaryFolder(), 'folder', 'state.db');
  const store = await openSqliteStore({ ...OPTIONS, file: path });
  onTestFinished(() => store.close());
  await store.commit(chargeAll(await store.read(['a']), 1));
  return { file: path, store };
}

export function makeReadOnly(folder: string): void {
  chmodSync(folder, 0o555);
  onTestFinished(() => chmodSync(folder, 0o700));
}

/** Root may write anything: the test takes another user's rights for a while, in all threads. */
export async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
