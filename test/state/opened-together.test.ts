// Sidecars, consoles and webhooks that start at the same moment on a file that is not there yet: all of them open it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';

test('stores that are opened together on a new file are all there, in each of 60 rounds', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-together-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (let round = 0; round < 60; round += 1) {
    const file = path.join(folder, `${round}.db`);
    const opening = Array.from({ length: 4 }, () => openSqliteStore({ file, durability: 'normal' }));
    const opened = await Promise.allSettled(opening);
    expect(opened.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
    for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
  }
});
