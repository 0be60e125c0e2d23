// `regent journal` where its output ends early, cannot be written, or leads to a terminal.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import { sampleRow } from '../state/sample-batch.ts';
import { createWorkbench, REGENT } from './run-regent.ts';

const ROWS = 20_000;

/** A state file with a long journal; its last row is found damaged by whoever reads as far. */
async function openLongJournal(): Promise<string> {
  const { folder, remove } = createWorkbench();
  onTestFinished(remove);
  const file = path.join(folder, 'state.db');
  const store = await openSqliteStore({ file, durability: 'normal' });
  const rows = Array.from({ length: ROWS }, () => sampleRow({ reason: 'x'.repeat(100) }));
  await store.commit({ rows, reads: [], writes: [] });
  await store.commit({ rows: [sampleRow({ atMs: Number.MAX_SAFE_INTEGER })], reads: [], writes: [] });
  await store.close();
  return file;
}

test('stops where its reader has seen enough', async () => {
  const journal = spawn(process.execPath, [REGENT, 'journal', '--state', await openLongJournal()]);
  let stderr = '';
  journal.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  journal.stdout.once('data', () => journal.stdout.destroy());
  expect(await new Promise((resolve) => journal.on('exit', resolve))).toBe(0);
  expect(stderr).toBe('');
});

test.runIf(existsSync('/dev/full'))('says in one line that its output cannot be written', async () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(
    process.execPath,
    [REGENT, 'journal', '--state', await openLongJournal()],
    { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
  );
  closeSync(full);
  expect(stderr).toMatch(/^regent: the output cannot be written: ENOSPC: .*\n$/);
  expect(status).toBe(2);
});

test('writes no control character to a terminal, as JSON either', async () => {
  const { folder, run, remove } = createWorkbench();
  onTestFinished(remove);
  const file = path.join(folder, 'state.db');
  const store = await openSqliteStore({ file, durability: 'normal' });
  const input = JSON.stringify({ arguments: { text: '\u009b2J\u007f\u202e\u2028' } });
  await store.commit({ rows: [sampleRow({ input })], reads: [], writes: [] });
  await store.close();
  const { stdout } = run('journal', '--json', '--state', file);
  expect(stdout).toContain('{"text":"\\u009b2J\\u007f\\u202e\\u2028"}');
});
