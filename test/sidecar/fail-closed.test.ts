// Invariant 3, any doubt denies, and invariant 2, no call reaches the server without an allow in the journal: each way
// in which policy, store or journal can fail, on a real sidecar in front of a real server.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { canMount, fillDisk, smallDisk } from '../state/small-disk.ts';
import { openSqlFile, runSql } from '../state/sql-file.ts';
import { makeFolder, temporaryFolder } from '../state/temporary-folder.ts';
import { type Guarded, OPEN_POLICY, REGENT, startGuarded } from './guarded-server.ts';

async function expectDenied(guarded: Guarded, why: RegExp): Promise<void> {
  const before = guarded.executed().length;
  const { result } = await guarded.client.callTool('pay', {});
  expect(result.isError).toBe(true);
  expect(result._meta['dev.regent/decision']).toMatchObject({
    outcome: 'deny',
    executed: false,
    rule: 'state-unavailable',
  });
  expect(result.content[0].text).toMatch(why);
  expect(result.content[0].text).not.toContain(guarded.folder);
  expect(guarded.executed()).toHaveLength(before);
}

async function expectAllowed(guarded: Guarded): Promise<void> {
  const before = guarded.executed().length;
  const { result } = await guarded.client.callTool('pay', {});
  expect(result.isError ?? false).toBe(false);
  expect(guarded.executed()).toHaveLength(before + 1);
}

function runRegent(args: readonly string[], home: string) {
  return spawnSync(process.execPath, [REGENT, ...args], {
    encoding: 'utf8',
    env: { ...process.env, HOME: home },
  });
}

describe('a sidecar whose policy is no good does not start its server', () => {
  const touch = (file: string): string[] => ['--', 'touch', file];

  test('where the policy file is missing', () => {
    const folder = temporaryFolder();
    const { status, stderr } = runRegent(
      ['-c', path.join(folder, 'none.yaml'), ...touch(path.join(folder, 'started'))],
      folder,
    );
    expect(status).toBe(2);
    expect(stderr).toContain('there is no such file');
    expect(readdirSync(folder)).not.toContain('started');
  });

  test('where the policy has problems, all of which are told', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'bad.yaml');
    writeFileSync(file, 'version: "1"\nhiden: [a]\ntools:\n  pay:\n    rules: 5\n');
    const { status, stderr } = runRegent(['-c', file, ...touch(path.join(folder, 'started'))], folder);
    expect(status).toBe(2);
    expect(stderr).toContain(`${file}:2:1 unknown-key`);
    expect(stderr).toContain(`${file}:5:12 wrong-type`);
    expect(readdirSync(folder)).not.toContain('started');
  });

  test.each([
    ['is no archive', Buffer.from('not a bundle')],
    ['is empty', Buffer.alloc(0)],
  ])('where the bundle %s', (_, content) => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'bundle.tar.gz');
    writeFileSync(file, content);
    const { status, stderr } = runRegent(['-c', file, ...touch(path.join(folder, 'started'))], folder);
    expect(status).toBe(2);
    expect(stderr).toContain('bundle');
    expect(readdirSync(folder)).not.toContain('started');
  });
});

test('a damaged bundle in the cache is compiled again', async () => {
  const folder = makeFolder();
  const policy = path.join(folder, 'policy.yaml');
  writeFileSync(policy, OPEN_POLICY);
  const evaluate = (): string => runRegent(['eval', '-c', policy, '--tool', 'pay'], folder).stdout;
  const expected = evaluate();
  const cache = path.join(folder, '.regent', 'bundles');
  for (const name of readdirSync(cache)) writeFileSync(path.join(cache, name), 'damaged');
  expect(evaluate()).toBe(expected);
  expect(JSON.parse(expected)).toMatchObject({ outcome: 'allow' });
  rmSync(folder, { recursive: true });
});

describe('every call is denied', () => {
  test('without a log that grows with each of them', async () => {
    const guarded = startGuarded();
    await expectAllowed(guarded);
    let log = '';
    guarded.client.child.stderr.on('data', (chunk) => {
      log += chunk;
    });
    renameSync(guarded.stateFile, `${guarded.stateFile}.away`);
    for (let call = 1; call <= 300; call += 1) await guarded.client.callTool('pay', {});
    expect(log).toContain('the calls are denied');
    expect(log.split('\n').length).toBeLessThan(20);
    renameSync(`${guarded.stateFile}.away`, guarded.stateFile);
  });

  test('while the store is locked, and let through again afterwards', async () => {
    const guarded = startGuarded();
    await expectAllowed(guarded);
    const holder = openSqlFile(guarded.stateFile);
    await holder.run('BEGIN EXCLUSIVE');
    await expectDenied(guarded, /locked/);
    await holder.run('COMMIT');
    await holder.close();
    await expectAllowed(guarded);
  });

  test.runIf(canMount())('while the disk is full, and let through again once there is room', async () => {
    const disk = smallDisk();
    const filler = path.join(disk, 'filler');
    const guarded = startGuarded({ args: ['--state', path.join(disk, 'state.db')] });
    await expectAllowed(guarded);
    fillDisk(filler);
    const denials: string[] = [];
    while (denials.length < 3) {
      const { result } = await guarded.client.callTool('pay', { pad: 'x'.repeat(1000) });
      if (result.isError === true) denials.push(result.content[0].text);
    }
    expect(denials).toEqual(denials.map(() => expect.stringContaining('disk of the state store is full')));
    const executed = guarded.executed().length;
    rmSync(filler);
    await expectAllowed(guarded);
    expect(guarded.executed()).toHaveLength(executed + 1);
  });

  test('where the tables are gone, and stays denied: counters are not started afresh', async () => {
    const guarded = startGuarded();
    await expectAllowed(guarded);
    await runSql(guarded.stateFile, 'DROP TABLE counters');
    await expectDenied(guarded, /tables|damaged|written/);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expectDenied(guarded, /tables|damaged|written/);
  });

  test('where the journal alone is gone', async () => {
    const guarded = startGuarded();
    await expectAllowed(guarded);
    await runSql(guarded.stateFile, 'DROP TABLE journal');
    await expectDenied(guarded, /tables|damaged|written/);
  });

  test('where the state file was deleted, and let through again when it is back', async () => {
    const guarded = startGuarded();
    await expectAllowed(guarded);
    const away = path.join(guarded.folder, 'away');
    renameSync(path.dirname(guarded.stateFile), away);
    await expectDenied(guarded, /gone/);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expectDenied(guarded, /gone/);
    renameSync(away, path.dirname(guarded.stateFile));
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expectAllowed(guarded);
  });

  test('where the state file is no database', async () => {
    const prepare = (folder: string): void => {
      mkdirSync(path.join(folder, 'state'));
      writeFileSync(
        path.join(folder, 'state', 'state.db'),
        'this is no database, but it is long enough to be read as one'.repeat(20),
      );
    };
    await expectDenied(startGuarded({ prepare }), /damaged/);
  });

  test('where a foreign database stands in place of the state file', async () => {
    const guarded = startGuarded({ prepare: (folder) => mkdirSync(path.join(folder, 'state')) });
    await runSql(guarded.stateFile, 'CREATE TABLE theirs (x)');
    await expectDenied(guarded, /tables/);
  });

  test('where the folder of the state file cannot be made', async () => {
    const prepare = (folder: string): void =>
      writeFileSync(path.join(folder, 'state'), 'a file in its place');
    await expectDenied(startGuarded({ prepare }), /state store/);
  });
});

test('a policy without the server that is asked for is refused', () => {
  const folder = temporaryFolder();
  for (const name of ['a', 'b'])
    writeFileSync(path.join(folder, `${name}.yaml`), `version: "1"\nserver: ${name}\n`);
  const files = ['-c', path.join(folder, 'a.yaml'), '-c', path.join(folder, 'b.yaml')];
  const { status, stderr } = runRegent([...files, '--', 'true'], folder);
  expect(status).toBe(2);
  expect(stderr).toContain('--server');
});

test('a server that cannot be started is told in one line', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'policy.yaml');
  writeFileSync(file, OPEN_POLICY);
  const { status, stderr } = runRegent(
    ['-c', file, '--log-level', 'silent', '--', 'no-such-command-here'],
    folder,
  );
  expect(status).toBe(2);
  expect(stderr).toContain('no-such-command-here cannot be started: there is no such command');
});
