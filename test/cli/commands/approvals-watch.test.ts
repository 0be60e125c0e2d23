// `regent approvals --watch`: what waits, and then every change, until somebody ends it.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { answerApproval } from '../../../src/approvals/answer-approval.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import type { StateStore } from '../../../src/state/store.ts';
import { MINUTE_MS, newApprovalWrite, sampleApproval } from '../../approvals/sample-approval.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { REGENT } from '../run-regent.ts';

interface Watching {
  readonly child: ChildProcess;
  readonly store: StateStore;
  /** Such as `apr_1 pending`. */
  readonly seen: () => string[];
  readonly exit: Promise<readonly [code: number | null, signal: string | null]>;
}

const soon = (check: () => void): Promise<void> => vi.waitFor(check, 20_000);

/** The command on a state file where one request waits, once it has printed that. */
async function startWatching(...args: readonly string[]): Promise<Watching> {
  const file = path.join(temporaryFolder(), 'state.db');
  const store = await openSqliteStore({ file, durability: 'normal' });
  onTestFinished(() => store.close());
  await ask(store, 'apr_1');
  const child = spawn(process.execPath, [REGENT, 'approvals', ...args, '--state', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  const exit = new Promise<readonly [number | null, string | null]>((resolve) =>
    child.on('exit', (code, signal) => resolve([code, signal])),
  );
  const seen = (): string[] => output.split('\n').slice(0, -1).map(readLine);
  await soon(() => expect(seen()).toEqual(['apr_1 pending']));
  return { child, store, seen, exit };
}

function readLine(line: string): string {
  if (!line.startsWith('{')) return line.split(/ +/).slice(0, 2).join(' ');
  const { id, status } = JSON.parse(line) as { id: string; status: string };
  return `${id} ${status}`;
}

function ask(store: StateStore, id: string, decideInMs = 30 * MINUTE_MS): Promise<void> {
  const times = { requestedMs: Date.now(), decideByMs: Date.now() + decideInMs };
  return store.changeApprovals({ id }, () => [newApprovalWrite(sampleApproval({ id, ...times }))]);
}

test.each([[['--watch']], [['list', '--watch', '--json']]])(
  '%j prints changes as they come, those of time too, and ends on SIGINT with exit 0',
  async (args) => {
    const { child, store, seen, exit } = await startWatching(...args);
    await ask(store, 'apr_2');
    await soon(() => expect(seen()).toEqual(['apr_1 pending', 'apr_2 pending']));
    const person = { name: 'alice', ownerOf: [] };
    await answerApproval(store, { id: 'apr_1', verdict: 'approve', person, reason: null }, Date.now());
    await soon(() => expect(seen().slice(2)).toEqual(['apr_1 approved']));
    await ask(store, 'apr_3', 0);
    await soon(() => expect(seen().slice(3)).toContain('apr_3 expired'));
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
  },
);

test('ends on SIGTERM with exit 0', async () => {
  const { child, exit } = await startWatching('--watch');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

test('ends when nobody reads its output any more', async () => {
  const { child, store, exit } = await startWatching('--watch');
  child.stdout?.destroy();
  await ask(store, 'apr_2');
  expect(await exit).toEqual([0, null]);
});
