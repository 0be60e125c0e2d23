// `regent approvers` as operators type it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestApproverToken, isApproverToken } from '../../../src/approvals/approver-token.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import { createWorkbench, type Workbench } from '../run-regent.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.remove());

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const run = (...args: readonly string[]) => bench.run('approvers', ...args, '--state', 'state.db');
const add = (...args: readonly string[]): string => run('add', ...args).stdout.trim();
const stateFile = (): string => path.join(bench.folder, 'state.db');

async function findApprover(token: string): Promise<{ name: string; ownerOf: readonly string[] } | null> {
  const store = await openSqliteStore({ file: stateFile(), durability: 'normal', mustExist: true });
  const found = await store.findApprover(digestApproverToken(token));
  await store.close();
  return found;
}

test('add prints the token alone on stdout, once, and keeps its digest in a private file', async () => {
  const { status, stdout, stderr } = run('add', 'alice', '--owner-of', 'payments-*', '--owner-of', 'audit');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^rga_[\w-]{43}\n$/);
  const token = stdout.trim();
  expect(isApproverToken(token)).toBe(true);
  expect(stderr).toContain('This token of alice is shown once; its digest is in state.db.');
  expect(stderr).not.toContain(token);
  expect(await findApprover(token)).toMatchObject({ name: 'alice', ownerOf: ['audit', 'payments-*'] });
  expect(statSync(stateFile()).mode & 0o777).toBe(0o600);
  const bytes = readFileSync(stateFile(), 'latin1');
  expect([bytes.includes(token), bytes.includes(digestApproverToken(token))]).toEqual([false, true]);
});

test('list shows who may approve and what they own, and no secret', () => {
  const tokens = [add('zoe'), add('alice', '--owner-of', 'payments-*')];
  const { status, stdout } = run('list');
  expect(status).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^alice  [\\da-f]{12}  ${TIME}  owner of payments-\\*\nzoe  [\\da-f]{12}  ${TIME}\n$`),
  );
  expect(run().stdout).toBe(stdout);
  const json = run('list', '--json').stdout;
  expect(
    json
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row)),
  ).toEqual(
    [
      ['alice', ['payments-*']],
      ['zoe', []],
    ].map(([name, owned]) => ({
      id: expect.stringMatching(/^[\da-f]{12}$/),
      name,
      owner_of: owned,
      created_at: expect.stringMatching(new RegExp(`^${TIME}$`)),
    })),
  );
  for (const token of tokens) {
    expect(stdout + json).not.toContain(token);
    expect(stdout + json).not.toContain(digestApproverToken(token));
  }
});

test("remove takes back all tokens of a person, and nobody else's", async () => {
  const [first, second, other] = [add('alice'), add('alice'), add('bob')];
  const { status, stderr } = run('remove', 'alice');
  expect([status, stderr]).toEqual([0, '2 tokens of alice removed\n']);
  expect([await findApprover(first), await findApprover(second)]).toEqual([null, null]);
  expect(await findApprover(other)).toMatchObject({ name: 'bob' });
  const again = run('remove', 'alice');
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('there is no approver "alice"')]);
  expect(run('remove', 'bob').stderr).toBe('1 token of bob removed\n');
});

test.each([
  ['no name at all', ['']],
  ['the name of the operator', ['local:root']],
  ['the name of an agent', ['agent:bot']],
  ['the name of what decides where time does', ['regent']],
  ['a name with a line break', ['a\nb']],
  ['a name with what is not seen', ['alice\u200b']],
  ['a name that is too long', ['a'.repeat(65)]],
  ['an agent without a name', ['alice', '--owner-of', '']],
  ['an agent with a line break', ['alice', '--owner-of', 'bot', '--owner-of', 'a\nb']],
])('add refuses %s, and makes no file', (_, args) => {
  const { status, stdout, stderr } = run('add', ...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^regent: .*(cannot be an approver's name|is no name of an agent)/);
  expect(existsSync(stateFile())).toBe(false);
});

test('an approver may own whoever calls without a name', async () => {
  expect(await findApprover(add('alice', '--owner-of', 'anonymous'))).toMatchObject({
    ownerOf: ['anonymous'],
  });
});

test('list and remove make no file', () => {
  for (const args of [['list'], [], ['remove', 'alice']]) {
    const { status, stderr } = run(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining('there is no state file')]);
  }
  expect(existsSync(stateFile())).toBe(false);
});
