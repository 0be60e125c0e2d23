// `regent agents` as operators type it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestToken, isAgentToken } from '../../../src/proxy/identity/agent-token.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import { createWorkbench, type Workbench } from '../run-regent.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.remove());

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const add = (name: string): string => bench.run('agents', 'add', name, '--state', 'state.db').stdout.trim();

async function findAgent(token: string): Promise<string | null> {
  const file = path.join(bench.folder, 'state.db');
  const store = await openSqliteStore({ file, durability: 'normal', mustExist: true });
  const found = await store.findAgent(digestToken(token));
  await store.close();
  return found;
}

test('add prints the token alone on stdout, and keeps its digest in a private file', async () => {
  const { status, stdout, stderr } = bench.run('agents', 'add', 'payments-bot', '--state', 'state.db');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^rgt_[\w-]{43}\n$/);
  const token = stdout.trim();
  expect(isAgentToken(token)).toBe(true);
  expect(stderr).toMatch(/shown once; its digest is in state\.db, with the id [\da-f]{12}\./);
  expect(stderr).not.toContain(token);
  expect(await findAgent(token)).toBe('payments-bot');
  const file = path.join(bench.folder, 'state.db');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'latin1')).not.toContain(token);
});

test('add uses the state file of the home folder where none is named', () => {
  expect(bench.run('agents', 'add', 'bot').status).toBe(0);
  expect(bench.run('agents', 'list', '--state', path.join(bench.folder, '.regent/state.db')).stdout).toMatch(
    /^bot /,
  );
});

test('list shows names, ids and times, and no secret', () => {
  const tokens = [add('zoe'), add('payments-bot'), add('payments-bot')];
  const { stdout } = bench.run('agents', 'list', '--state', 'state.db');
  const line = (name: string): string => `${name} {2}[\\da-f]{12} {2}${TIME}\n`;
  expect(stdout).toMatch(new RegExp(`^${line('payments-bot')}${line('payments-bot')}${line('zoe')}$`));
  const json = bench.run('agents', 'list', '--json', '--state', 'state.db').stdout;
  const rows = json.trimEnd().split('\n');
  expect(rows.map((row) => JSON.parse(row))).toEqual(
    ['payments-bot', 'payments-bot', 'zoe'].map((name) => ({
      id: expect.stringMatching(/^[\da-f]{12}$/),
      name,
      created_at: expect.stringMatching(new RegExp(`^${TIME}$`)),
    })),
  );
  for (const token of tokens) {
    expect(stdout + json).not.toContain(token);
    expect(stdout + json).not.toContain(digestToken(token));
  }
});

test('remove takes back all tokens of an agent, or one of them', async () => {
  const [first, second, other] = [add('bot'), add('bot'), add('other')];
  const rows = bench.run('agents', 'list', '--json', '--state', 'state.db').stdout.trimEnd().split('\n');
  const { id } = JSON.parse(rows[0] ?? '');
  const one = bench.run('agents', 'remove', 'bot', '--token', id, '--state', 'state.db');
  expect([one.status, one.stderr]).toEqual([0, '1 token of bot removed\n']);
  expect([await findAgent(first), await findAgent(second)].sort()).toEqual(['bot', null]);
  add('bot');
  const all = bench.run('agents', 'remove', 'bot', '--state', 'state.db');
  expect([all.status, all.stderr]).toEqual([0, '2 tokens of bot removed\n']);
  expect([await findAgent(first), await findAgent(second), await findAgent(other)]).toEqual([
    null,
    null,
    'other',
  ]);
});

test.each([
  ['no name at all', ['add', '']],
  ['the name of nobody', ['add', 'anonymous']],
  ['a name with a line break', ['add', 'a\nb']],
  ['a name that is too long', ['add', 'a'.repeat(129)]],
])('add refuses %s, and makes no file', (_, args) => {
  const { status, stdout, stderr } = bench.run('agents', ...args, '--state', 'state.db');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain("cannot be an agent's name");
  expect(existsSync(path.join(bench.folder, 'state.db'))).toBe(false);
});

test('list and remove make no file, and remove says where there is nothing to take back', () => {
  for (const args of [['list'], ['remove', 'bot']]) {
    const { status, stderr } = bench.run('agents', ...args, '--state', 'state.db');
    expect([status, stderr]).toEqual([2, expect.stringContaining('there is no state file')]);
  }
  expect(existsSync(path.join(bench.folder, 'state.db'))).toBe(false);
  add('bot');
  for (const args of [
    ['remove', 'Bot'],
    ['remove', 'bot', '--token', '000000000000'],
  ]) {
    const { status, stderr } = bench.run('agents', ...args, '--state', 'state.db');
    expect([status, stderr]).toEqual([2, expect.stringContaining('no such token')]);
  }
});
