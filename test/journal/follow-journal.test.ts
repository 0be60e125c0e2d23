// Reading the journal page by page, and going on with what is added.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followJournal } from '../../src/journal/follow-journal.ts';
import { readJournal } from '../../src/journal/read-journal.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { sampleRow } from '../state/sample-batch.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

async function openStore(): Promise<StateStore> {
  const store = await openSqliteStore({ file: join(temporaryFolder(), 'state.db'), durability: 'normal' });
  onTestFinished(() => store.close());
  return store;
}

async function write(store: StateStore, tools: readonly string[]): Promise<void> {
  await store.commit({ rows: tools.map((tool) => sampleRow({ tool })), reads: [], writes: [] });
}

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `tool_${index % 2}`);

test('reads a journal of several pages whole, in order', async () => {
  const store = await openStore();
  await write(store, many(1203));
  const sequences: number[] = [];
  for await (const { sequence } of readJournal(store, {})) sequences.push(sequence);
  expect(sequences).toEqual(Array.from({ length: 1203 }, (_, index) => index + 1));
});

test('keeps filter and limit over several pages', async () => {
  const store = await openStore();
  await write(store, many(1300));
  const sequences: number[] = [];
  for await (const { sequence } of readJournal(store, { tool: 'tool_1', limit: 601 }))
    sequences.push(sequence);
  expect(sequences).toHaveLength(601);
  expect(sequences.at(-1)).toBe(1202);
});

test('follows: what there is, then what is added, each once, until it is told to stop', async () => {
  const store = await openStore();
  await write(store, ['pay', 'other', 'pay']);
  const stop = new AbortController();
  const seen: number[] = [];
  const following = (async () => {
    for await (const { sequence } of followJournal(store, { tool: 'pay' }, stop.signal)) {
      seen.push(sequence);
      if (sequence === 3) await write(store, ['other', 'pay', 'other']);
      if (sequence === 5) setTimeout(() => void write(store, ['pay']), 250);
      if (sequence === 7) stop.abort();
    }
  })();
  await following;
  expect(seen).toEqual([1, 3, 5, 7]);
});

test('stops at once while it waits', async () => {
  const store = await openStore();
  const stop = new AbortController();
  let hasEnded = false;
  const following = (async () => {
    for await (const entry of followJournal(store, {}, stop.signal)) expect(entry).toBeUndefined();
    hasEnded = true;
  })();
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort();
  // Far fewer turns than the pause between two looks has; a slow machine makes them longer, and fails nothing.
  for (let turn = 0; turn < 50 && !hasEnded; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 1));
  expect(hasEnded).toBe(true);
  await following;
});
