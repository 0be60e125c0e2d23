// The SQLite store: the contract, and what is particular to its file.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAgentToken, digestToken } from '../../src/proxy/identity/agent-token.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import { sampleCounter, sampleRow } from './sample-batch.ts';
import { runSql } from './sql-file.ts';
import { testStore } from './store-contract.ts';
import { makeFolder, removeFolder, temporaryFolder } from './temporary-folder.ts';

for (const durability of ['full', 'normal'] as const) {
  testStore(`SQLite store, durability ${durability}`, async () => {
    const folder = makeFolder();
    return {
      open: () => openSqliteStore({ file: join(folder, 'state.db'), durability }),
      remove: async () => removeFolder(folder),
    };
  });
}

describe('the state file', () => {
  test('is private to its owner, and so are its folder and the files beside it', async () => {
    const folder = join(temporaryFolder(), 'new', 'folder');
    const file = join(folder, 'state.db');
    const store = await openSqliteStore({ file, durability: 'normal' });
    await store.commit({ rows: [sampleRow()], reads: [], writes: [] });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const path of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(path).mode & 0o777).toBe(0o600);
    await store.close();
  });

  test('keeps the mode that its owner gave it', async () => {
    const file = await seededFile();
    chmodSync(file, 0o660);
    await (await openSqliteStore({ file, durability: 'normal' })).close();
    expect(statSync(file).mode & 0o777).toBe(0o660);
  });

  test('opens with the sequence, counters and journal it had', async () => {
    const file = await seededFile();
    const store = await openSqliteStore({ file, durability: 'full', mustExist: true });
    await store.commit({ rows: [sampleRow()], reads: [{ key: 'spent', version: 1 }], writes: [] });
    expect((await store.list({})).map(({ sequence }) => sequence)).toEqual([1, 2]);
    await store.close();
  });
});

describe('a file that is not a state file is refused and left as it is', () => {
  const cases: ReadonlyArray<readonly [string, string, RegExp]> = [
    ["another program's database", 'CREATE TABLE notes (text)', /another program's database/],
    ['an empty database that another program has marked', 'PRAGMA application_id = 7', /another program's/],
    ['an empty database with a version', 'PRAGMA user_version = 1', /another program's/],
  ];
  test.each(cases)('%s', async (_, sql, message) => {
    const file = join(temporaryFolder(), 'state.db');
    await runSql(file, sql);
    const before = readFileSync(file);
    await expect(openSqliteStore({ file, durability: 'normal' })).rejects.toMatchObject({
      code: 'schema',
      message: expect.stringMatching(message),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('a newer version of Regent wrote it', async () => {
    const file = await seededFile();
    await runSql(file, 'PRAGMA user_version = 4');
    await expect(openSqliteStore({ file, durability: 'normal' })).rejects.toMatchObject({
      code: 'schema',
      message: expect.stringContaining('version 4'),
    });
  });

  test.each([
    ['a table', 'DROP TABLE counters'],
    ['the journal', 'DROP TABLE journal'],
    ['the agents', 'DROP TABLE agents'],
    ['the approvals', 'DROP TABLE approvals'],
    ["an approval's steps", 'DROP TABLE approval_steps'],
    ['a trigger', 'DROP TRIGGER record_decision'],
    ['everything', 'DROP VIEW decisions; DROP VIEW batches; DROP TABLE counters; DROP TABLE journal'],
    ['a changed table', 'ALTER TABLE counters ADD COLUMN note TEXT'],
    ["the approvals' arguments", 'DROP TABLE approval_arguments'],
    ['the approvers', 'DROP TABLE approvers'],
    ['the deliveries', 'DROP TABLE deliveries'],
    ['the policies', 'DROP TABLE policies'],
    ['the secrets', 'DROP TABLE secrets'],
    ['changed approvals', 'ALTER TABLE approvals ADD COLUMN note TEXT'],
    ['an index of the approvals', 'DROP INDEX approvals_by_status'],
    ['a view in place of a table', 'DROP TABLE approvers; CREATE VIEW approvers AS SELECT 1 AS id'],
    [
      "another program's trigger",
      'CREATE TRIGGER forget AFTER INSERT ON journal BEGIN DELETE FROM counters; END',
    ],
  ])('its tables are not as they were made: %s', async (_, sql) => {
    const file = await seededFile();
    await runSql(file, sql);
    await expect(openSqliteStore({ file, durability: 'normal' })).rejects.toMatchObject({ code: 'schema' });
    await expect(openSqliteStore({ file, durability: 'normal' })).rejects.toMatchObject({ code: 'schema' });
  });

  test('but tables and indexes of tools beside its own are left alone', async () => {
    const file = await seededFile();
    await runSql(file, 'CREATE TABLE _backup_lock (id); CREATE INDEX by_time ON journal (at_ms); ANALYZE');
    const store = await openSqliteStore({ file, durability: 'normal' });
    expect(await store.list({})).toHaveLength(1);
    await store.close();
  });

  test('it is no database at all', async () => {
    const file = join(temporaryFolder(), 'state.db');
    writeFileSync(file, randomBytes(8192));
    await expect(openSqliteStore({ file, durability: 'normal' })).rejects.toMatchObject({ code: 'corrupt' });
  });

  test('it must exist, and does not or is empty', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const options = { file, durability: 'normal', mustExist: true } as const;
    await expect(openSqliteStore(options)).rejects.toMatchObject({ code: 'missing' });
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, '');
    await expect(openSqliteStore(options)).rejects.toMatchObject({ code: 'schema' });
    expect(statSync(file).size).toBe(0);
  });
});

test('the file holds no token, only its digest', async () => {
  const file = join(temporaryFolder(), 'state.db');
  const store = await openSqliteStore({ file, durability: 'normal' });
  const token = createAgentToken();
  await store.addAgentToken({ id: 't1', name: 'bot', digest: digestToken(token), createdMs: 1 });
  expect(await store.findAgent(digestToken(token))).toBe('bot');
  const bytes = Buffer.concat([file, `${file}-wal`].map((path) => readFileSync(path)));
  expect(bytes.includes(digestToken(token))).toBe(true);
  expect(bytes.includes(token.slice(4))).toBe(false);
  await store.close();
});

/** A closed state file with one row and one counter. */
async function seededFile(): Promise<string> {
  const file = join(temporaryFolder(), 'state.db');
  const store = await openSqliteStore({ file, durability: 'normal' });
  await store.commit({ rows: [sampleRow()], reads: [], writes: [sampleCounter('spent')] });
  await store.close();
  return file;
}
