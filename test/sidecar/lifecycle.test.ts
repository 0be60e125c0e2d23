// Holds, cancellations, the end of either side, and policies that change: what happens to calls meanwhile.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openSqlFile } from '../state/sql-file.ts';
import { isRunning } from '../transport/test-server.ts';
import { type Guarded, OPEN_POLICY, startGuarded } from './guarded-server.ts';

const HOLD =
  'version: "1"\ntools:\n  pay:\n    rules:\n      - action: require_approval\n        approval_timeout: 30m\n        on_deny: A human must agree\n';

async function readJournal({
  stateFile,
}: Guarded): Promise<Array<{ outcome: string; result: string | null }>> {
  if (!existsSync(stateFile)) return [];
  const file = openSqlFile(stateFile);
  const rows = await file.all<{ outcome: string; result: string | null }>(
    'SELECT outcome, result FROM journal ORDER BY sequence',
  );
  await file.close();
  return rows;
}

/** Results are added to the journal a moment after the call. */
async function expectJournal(guarded: Guarded, rows: unknown): Promise<void> {
  await expect.poll(() => readJournal(guarded), { timeout: 20_000 }).toEqual(rows);
}

describe('a held call', () => {
  test('waits for --hold, does not run, and lets others pass meanwhile', async () => {
    const guarded = startGuarded({ policy: HOLD, args: ['--hold', '1s'] });
    const start = performance.now();
    const held = guarded.client.callTool('pay');
    expect((await guarded.client.request('ping')).result).toEqual({});
    const { result } = await held;
    expect(performance.now() - start).toBeGreaterThan(950);
    expect(result.isError).toBe(true);
    expect(result.content[0].text).toContain('A human must agree');
    expect(guarded.executed()).toEqual([]);
    await expectJournal(guarded, [{ outcome: 'require_approval', result: 'hold-pending' }]);
  });

  test('that the client cancels never runs and is not answered', async () => {
    const guarded = startGuarded({ policy: HOLD });
    guarded.client.send('{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"pay"}}');
    await expectJournal(guarded, [{ outcome: 'require_approval', result: null }]);
    guarded.client.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c"}}');
    await expectJournal(guarded, [{ outcome: 'require_approval', result: 'hold-void' }]);
    expect((await guarded.client.request('ping')).result).toEqual({});
    expect(guarded.client.lines).toEqual([]);
    expect(guarded.executed()).toEqual([]);
  });
});

describe('the end of the server', () => {
  test('answers everything that is pending, held calls too, and gives its exit code on', async () => {
    const policy = `${HOLD}  silent: {rules: []}\n  die: {rules: []}\n`;
    const { client } = startGuarded({ policy });
    client.send('{"jsonrpc":"2.0","id":"held","method":"tools/call","params":{"name":"pay"}}');
    client.send('{"jsonrpc":"2.0","id":"silent","method":"tools/call","params":{"name":"silent"}}');
    await sleep(300);
    client.send(
      '{"jsonrpc":"2.0","id":"die","method":"tools/call","params":{"name":"die","arguments":{"code":7}}}',
    );
    const ids = [];
    while (ids.length < 3) {
      const { id, error } = JSON.parse(await client.next());
      expect(error.code).toBe(-32603);
      ids.push(id);
    }
    expect(ids.sort()).toEqual(['die', 'held', 'silent']);
    expect(await new Promise((resolve) => client.child.on('exit', resolve))).toBe(7);
  });
});

test('the end of the input answers what is pending and ends with 0', async () => {
  const { client } = startGuarded();
  client.send('{"jsonrpc":"2.0","id":"last","method":"tools/call","params":{"name":"pay"}}');
  expect(await client.close()).toBe(0);
  expect(client.lines.some((line) => line.includes('"last"'))).toBe(true);
});

test('a signal ends the server and all that it started', async () => {
  const { client } = startGuarded({
    policy: 'version: "1"\ndefault: allow\n',
    server: ['--ignore-sigterm', '--grandchild'],
  });
  const { result } = await client.callTool('pids');
  const { server, grandchild } = JSON.parse(result.content[0].text);
  client.child.kill('SIGTERM');
  expect(await new Promise((resolve) => client.child.on('exit', resolve))).toBe(143);
  expect([server, grandchild].filter(isRunning)).toEqual([]);
});

describe('a policy that changes is in force within seconds, whichever way', () => {
  const CLOSED = OPEN_POLICY.replace('pay:', 'other:');
  const ways: ReadonlyArray<readonly [string, (guarded: Guarded, text: string) => void]> = [
    ['written in place', ({ policyFile }, text) => writeFileSync(policyFile, text)],
    [
      'replaced by an editor',
      ({ policyFile }, text) => {
        writeFileSync(`${policyFile}~`, text);
        renameSync(`${policyFile}~`, policyFile);
      },
    ],
    [
      'swapped by a symlink, as Kubernetes does',
      ({ folder, policyFile }, text) => {
        const version = path.join(folder, `..v${Date.now()}`);
        mkdirSync(version);
        writeFileSync(path.join(version, 'policy.yaml'), text);
        symlinkSync(version, path.join(folder, '..new'));
        renameSync(path.join(folder, '..new'), path.join(folder, '..data'));
        unlinkSync(policyFile);
        symlinkSync(path.join('..data', 'policy.yaml'), policyFile);
      },
    ],
  ];

  test.each(ways)('%s', async (_, change) => {
    const guarded = startGuarded();
    const { client } = guarded;
    await client.request('initialize', { protocolVersion: '2025-06-18' });
    expect((await client.callTool('pay')).result.isError ?? false).toBe(false);
    change(guarded, CLOSED);
    await client.next((line) => line.includes('list_changed'));
    expect((await client.callTool('pay')).result._meta['dev.regent/decision'].rule).toBe('default-deny');
    change(guarded, 'version: "1"\ntools: 5\n');
    await sleep(2000);
    expect((await client.callTool('pay')).result._meta['dev.regent/decision'].rule).toBe('default-deny');
    change(guarded, OPEN_POLICY);
    await client.next((line) => line.includes('list_changed'));
    expect((await client.callTool('pay')).result.isError ?? false).toBe(false);
    const file = openSqlFile(guarded.stateFile);
    expect(await file.all('SELECT value FROM counters')).toEqual([{ value: 2 }]);
    await file.close();
  });

  test('but not while it is being written, when rules are missing still', async () => {
    const { client, policyFile } = startGuarded();
    await client.request('initialize', { protocolVersion: '2025-06-18' });
    expect((await client.callTool('pay')).result.isError ?? false).toBe(false);
    let log = '';
    client.child.stderr.on('data', (chunk) => {
      log += chunk;
    });
    writeFileSync(policyFile, OPEN_POLICY.replace('1000', '900'));
    for (let rule = 1; rule <= 30; rule += 1) {
      appendFileSync(policyFile, `      - {name: rule-${rule}, rate_limit: ${900 - rule}/day}\n`);
      await sleep(60);
    }
    await client.next((line) => line.includes('list_changed'));
    expect(log.match(/in force/g)).toEqual(['in force']);
  });
});
