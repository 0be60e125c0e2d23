// Scanning real servers: good ones to the last page, bad ones with an error that says what is wrong.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runScan } from '../../../src/cli/scan/run-scan.ts';
import { scanServer } from '../../../src/cli/scan/scan-server.ts';
import { fixturePath } from '../../fixtures/fixture-path.ts';
import { EVERYTHING } from '../../fixtures/start-everything.ts';

const folder = mkdtempSync(join(tmpdir(), 'regent-scan-'));
afterAll(() => rmSync(folder, { recursive: true }));

function scanCommand(...command: [string, ...string[]]): ReturnType<typeof scanServer> {
  return scanServer({ kind: 'command', command });
}

function scanEcho(...options: string[]): ReturnType<typeof scanServer> {
  return scanCommand(process.execPath, fixturePath('echo-server'), ...options);
}

describe('scanning a server', () => {
  test('finds the tools of every page and what the server calls itself', async () => {
    const server = await scanEcho(
      '--page-size',
      '2',
      ...['a', 'b', 'c', 'd', 'e'].flatMap((name) => ['--tool', name]),
    );
    expect(server.tools.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([server.name, server.version]).toEqual(['echo', '1.0.0']);
  });

  test('passes its own environment on to the server', async () => {
    process.env.REGENT_SCAN_TEST = 'seen';
    const script = 'process.stderr.write(""); process.exit(process.env.REGENT_SCAN_TEST === "seen" ? 0 : 9)';
    const shell = `"$0" -e '${script}' && exec "$0" "$1"`;
    const server = scanCommand('/bin/sh', '-c', shell, process.execPath, fixturePath('echo-server'));
    await expect(server).resolves.toMatchObject({ name: 'echo' });
    delete process.env.REGENT_SCAN_TEST;
  });

  test('finds the tools that a server keeps for clients with sampling, elicitation and roots', async () => {
    const { tools } = await scanCommand(process.execPath, EVERYTHING, 'stdio');
    const names = tools.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['trigger-sampling-request', 'trigger-elicitation-request', 'get-roots-list']),
    );
  });

  test('reads odd tools as far as they can be read', async () => {
    const odd = [
      '{"name":"x","inputSchema":7,"annotations":[],"description":{}}',
      '{"name":7}',
      '{"title":"no name"}',
    ];
    const { tools } = await scanEcho(...odd.flatMap((tool) => ['--tool', tool]));
    expect(tools).toEqual([
      { name: 'x', description: null, readOnly: null, destructive: null, parameters: [] },
    ]);
  });

  test('ignores what a server writes to stdout beside its messages', async () => {
    const { tools } = await scanEcho('--banner', 'Listening on stdio', '--list-changed-first');
    expect(tools).toHaveLength(1);
  });

  test.each([
    ['cannot be found', ['regent-no-such-program'], 'was not found'],
    ['ends at once', [process.execPath, '-e', 'process.exit(3)'], 'ended before it listed its tools'],
    [
      'has pages without end',
      [process.execPath, fixturePath('echo-server'), '--page-size', '0'],
      'does not end',
    ],
    [
      'has no list of tools',
      [process.execPath, fixturePath('echo-server'), '--page-size', '0', '--list-extra', '"tools":null'],
      'without a list of tools',
    ],
  ])('fails with a clear error where the server %s', async (_name, [command = '', ...args], message) => {
    await expect(scanCommand(command, ...args)).rejects.toThrow(message);
  });
});

describe('regent scan', () => {
  const server = {
    kind: 'command',
    command: [process.execPath, fixturePath('finance-server')],
  } as const;

  test('writes a policy that names the server and lists its tools', async () => {
    const out = join(folder, 'new.yaml');
    await runScan({ out, force: false, server });
    const policy = parse(readFileSync(out, 'utf8'));
    expect(policy).toMatchObject({ version: '1', server: 'finance', default: 'deny' });
    expect(Object.keys(policy.tools)).toHaveLength(7);
  });

  test('replaces a file only when forced', async () => {
    const out = join(folder, 'mine.yaml');
    writeFileSync(out, 'mine');
    // The server is not even started for it.
    const none = { kind: 'command', command: [join(folder, 'no-such-command')] } as const;
    await expect(runScan({ out, force: false, server: none })).rejects.toMatchObject({ code: 'file-exists' });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    await runScan({ out, force: true, server });
    expect(readFileSync(out, 'utf8')).toContain('server: finance');
  });

  test('says which file cannot be written', async () => {
    const out = join(folder, 'no', 'such', 'folder.yaml');
    await expect(runScan({ out, force: false, server })).rejects.toThrow(`${out} cannot be written`);
  });
});
