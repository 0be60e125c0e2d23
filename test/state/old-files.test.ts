// State files of older versions: brought up to date, once, with everything that they hold.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { newApprovalWrite, sampleApproval } from '../approvals/sample-approval.ts';
import { sampleCounter, sampleRow } from './sample-batch.ts';
import { openSqlFile, runSql } from './sql-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SINCE_VERSION_3 = [
  'approvals',
  'approval_arguments',
  'approval_steps',
  'approvers',
  'deliveries',
  'policies',
  'uploads',
  'secrets',
  'ended_sessions',
];
const AS_VERSION_2 = `${SINCE_VERSION_3.map((table) => `DROP TABLE ${table}`).join('; ')}; PRAGMA user_version = 2`;
const TOKEN = { id: 't1', name: 'bot', digest: 'd1', createdMs: 1 };

describe.each([
  ['1, which knew no agents', `${AS_VERSION_2}; DROP TABLE agents; PRAGMA user_version = 1`, []],
  ['2, which knew no approvals', AS_VERSION_2, ['bot']],
])('a file of version %s', (_version, toOldVersion, agents) => {
  test('keeps its counters, its journal and its agents, to the byte', async () => {
    const file = await filledFile();
    const before = await contentsOf(file);
    await runSql(file, toOldVersion);
    await (await open(file)).close();
    const after = await contentsOf(file);
    expect(after).toEqual({ ...before, agents: before.agents.slice(0, agents.length) });
    expect((await (await open(file)).listAgentTokens()).map(({ name }) => name)).toEqual(agents);
  });

  test('takes everything that this version writes, and has it when it is opened again', async () => {
    const file = await filledFile();
    await runSql(file, toOldVersion);
    const store = await open(file);
    expect(await store.listApprovals({})).toEqual([]);
    await store.commit({ rows: [sampleRow()], reads: [{ key: 'spent', version: 1 }], writes: [] });
    await store.addAgentToken({ ...TOKEN, id: 't2', digest: 'd2' });
    await store.changeApprovals({ id: 'none' }, () => [newApprovalWrite(sampleApproval(), '{"a":1.0}')]);
    await store.addApprover({ id: 'a1', name: 'alice', ownerOf: ['bot'], createdMs: 1, digest: 'd3' });
    const secret = await store.readSecret('one');
    await store.close();
    const again = await open(file);
    expect((await again.list({})).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(await again.findAgent('d2')).toBe('bot');
    expect(await again.readApprovals(['apr_1'])).toEqual([sampleApproval()]);
    expect(await again.readApprovalArguments('apr_1')).toBe('{"a":1.0}');
    expect(await again.findApprover('d3')).toMatchObject({ name: 'alice', ownerOf: ['bot'] });
    expect(await again.readSecret('one')).toBe(secret);
  });

  test('is brought up to date once where several sidecars start at a time', async () => {
    const file = await filledFile();
    await runSql(file, toOldVersion);
    const stores = await Promise.all(Array.from({ length: 4 }, () => open(file)));
    await stores[0]?.addAgentToken({ ...TOKEN, id: 't2', digest: 'd2' });
    expect(await Promise.all(stores.map((store) => store.findAgent('d2')))).toEqual(Array(4).fill('bot'));
  });

  test.each([
    ['lacks a trigger', 'DROP TRIGGER record_decision'],
    ['lacks its journal', 'DROP TABLE journal'],
    ['has a table already that only this version makes', 'CREATE TABLE secrets (name)'],
    ["has another program's trigger", 'CREATE TRIGGER one AFTER INSERT ON journal BEGIN SELECT 1; END'],
  ])('is refused where it %s', async (_name, sql) => {
    const file = await filledFile();
    await runSql(file, `${toOldVersion}; ${sql}`);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(open(file)).rejects.toMatchObject({ code: 'schema' });
    }
  });
});

test('a file that could not be brought up to date is as it was', async () => {
  const file = await filledFile();
  await runSql(file, `${AS_VERSION_2}; CREATE TABLE secrets (name); PRAGMA journal_mode = DELETE`);
  const before = readFileSync(file);
  await expect(open(file)).rejects.toMatchObject({ code: 'schema' });
  await runSql(file, 'PRAGMA journal_mode = DELETE');
  expect(await contentsOf(file)).toMatchObject({ version: [{ user_version: 2 }] });
  expect(readFileSync(file).length).toBe(before.length);
});

async function open(file: string): Promise<StateStore> {
  const store = await openSqliteStore({ file, durability: 'normal', mustExist: true });
  onTestFinished(() => store.close());
  return store;
}

/** A closed state file with two decisions, one of them settled, two counters and a token. */
async function filledFile(): Promise<string> {
  const file = join(temporaryFolder(), 'state.db');
  const store = await openSqliteStore({ file, durability: 'normal' });
  const settled = sampleRow({ reason: 'é\u202e', input: '{"a":1.00}' });
  const counters = [
    sampleCounter('spent', { value: 2 ** 53 - 1 }),
    sampleCounter('é', { buckets: [[1, 1]] }),
  ];
  await store.commit({ rows: [settled, sampleRow({ outcome: 'deny' })], reads: [], writes: counters });
  await store.settle([{ id: settled.id, result: 'answered', atMs: 5 }]);
  await store.addAgentToken(TOKEN);
  await store.close();
  return file;
}

interface Contents {
  readonly journal: unknown[];
  readonly counters: unknown[];
  readonly agents: unknown[];
  readonly version: unknown[];
}

/** As another program reads it. */
async function contentsOf(file: string): Promise<Contents> {
  const database = openSqlFile(file);
  const contents = {
    journal: await database.all('SELECT * FROM journal'),
    counters: await database.all('SELECT * FROM counters ORDER BY key'),
    agents: await database.all('SELECT * FROM agents'),
    version: await database.all('PRAGMA user_version'),
  };
  await database.close();
  return contents;
}
