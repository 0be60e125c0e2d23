// A sidecar that runs a bundle: what it says of foreign ones, and that it takes none that is not signed as asked.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { signBundle } from '../../src/policy/bundle-signature/sign-bundle.ts';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { type LineClient, startLineClient } from '../fixtures/line-client.ts';
import { buildWithOpa } from '../fixtures/opa-binary.ts';
import { writeKeys } from '../fixtures/signing-keys.ts';
import { alter, keep, repack } from '../policy/bundle-signature/repack.ts';
import { buildForTest } from '../policy/load-policy.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';
import { REGENT } from './guarded-server.ts';

const POLL = { timeout: 20_000, interval: 100 };
const policyOf = (tool: string): string => `version: "1"\ntools:\n  ${tool}:\n    rules: []\n`;
const OWN = `package regent.gateway

default decision := {"outcome": "deny", "reason": "only small payments"}

decision := {"outcome": "allow"} if {
	input.tool == "pay"
	input.arguments.amount < MOST
}
`;

function buildOwn(folder: string, most: number): Buffer {
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  writeFileSync(path.join(folder, 'src', 'gateway.rego'), OWN.replace('MOST', String(most)));
  buildWithOpa(
    folder,
    '-b',
    'src',
    '-t',
    'wasm',
    '-e',
    'regent/gateway/decision',
    '--revision',
    'v1',
    '-o',
    'own.tar.gz',
  );
  return readFileSync(path.join(folder, 'own.tar.gz'));
}

interface Started {
  readonly client: LineClient;
  log(): string;
  outcome(tool: string, args?: object): Promise<'allowed' | 'denied'>;
}

function serverOf(folder: string): string[] {
  const started = ['--log', path.join(folder, 'started')];
  return ['--', process.execPath, fixturePath('echo-server'), '--tool', '{"name":"pay"}', ...started];
}

function start(folder: string, ...args: readonly string[]): Started {
  const state = ['--state', path.join(folder, 'state.db')];
  const client = startLineClient(process.execPath, [REGENT, ...args, ...state, ...serverOf(folder)], {
    env: { HOME: folder },
    timeoutMs: 20_000,
  });
  let log = '';
  client.child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  onTestFinished(async () => void (await client.close()));
  return {
    client,
    log: () => log,
    outcome: async (tool, input = {}) => {
      const { result } = await client.callTool(tool, input);
      return result.isError === true ? 'denied' : 'allowed';
    },
  };
}

/** Swapped in one step, as a deployment does. */
function put(folder: string, bundle: Buffer): void {
  writeFileSync(path.join(folder, 'next'), bundle);
  renameSync(path.join(folder, 'next'), path.join(folder, 'bundle.tar.gz'));
}

describe("a bundle of the organisation's own Rego", () => {
  test('judges calls, and the log says what is different', async () => {
    const folder = temporaryFolder();
    put(folder, buildOwn(folder, 100));
    const { client, log, outcome } = start(
      folder,
      '-c',
      path.join(folder, 'bundle.tar.gz'),
      '--server',
      'any-name',
    );
    expect([await outcome('pay', { amount: 99 }), await outcome('pay', { amount: 100 })]).toEqual([
      'allowed',
      'denied',
    ]);
    expect((await client.request('tools/list')).result.tools).toHaveLength(1);
    expect(log()).toContain("no manifest of Regent's");
    expect(log()).toContain('every tool of the server is listed');
  });

  test('is replaced when the file changes, also under the same revision', async () => {
    const folder = temporaryFolder();
    put(folder, buildOwn(folder, 100));
    const { outcome } = start(folder, '-c', path.join(folder, 'bundle.tar.gz'));
    expect(await outcome('pay', { amount: 500 })).toBe('denied');
    put(folder, buildOwn(folder, 1000));
    await vi.waitFor(async () => expect(await outcome('pay', { amount: 500 })).toBe('allowed'), POLL);
  });

  test('also where Regent wrote the Rego, and the revision looks like one of its own', async () => {
    const folder = temporaryFolder();
    put(folder, buildExported(folder, 100));
    const { outcome } = start(folder, '-c', path.join(folder, 'bundle.tar.gz'));
    expect(await outcome('pay', { amount: 500 })).toBe('denied');
    put(folder, buildExported(folder, 1000));
    await vi.waitFor(async () => expect(await outcome('pay', { amount: 500 })).toBe('allowed'), POLL);
  });
});

/** `regent compile --rego`, then the organisation's own build, with a commit's id as the revision. */
function buildExported(folder: string, most: number): Buffer {
  const policy = path.join(folder, 'policy.yaml');
  writeFileSync(policy, `version: "1"\ntools:\n  pay:\n    rules: [{spend: {per_call: ${most}}}]\n`);
  const compile = [
    'compile',
    '-c',
    policy,
    '-o',
    path.join(folder, 'unused'),
    '--rego',
    path.join(folder, 'out'),
  ];
  spawnSync(process.execPath, [REGENT, ...compile], { env: { ...process.env, HOME: folder } });
  const revision = ['--revision', 'a'.repeat(64), '-o', 'own.tar.gz'];
  buildWithOpa(folder, '-b', 'out', '-t', 'wasm', '-e', 'regent/gateway/decision', ...revision);
  return readFileSync(path.join(folder, 'own.tar.gz'));
}

interface Signed {
  readonly folder: string;
  readonly bundle: string;
  sign(policy: string): Promise<Buffer>;
}

function prepare(): Signed {
  const folder = temporaryFolder();
  const { signing, verification } = writeKeys(folder, 'RS256');
  renameSync(path.join(folder, verification), path.join(folder, 'key.pub'));
  const key = readFileSync(path.join(folder, signing), 'utf8');
  return {
    folder,
    bundle: path.join(folder, 'bundle.tar.gz'),
    sign: async (policy) =>
      signBundle(await buildForTest(policy), { key, algorithm: 'RS256', keyId: 'ci', claims: null }),
  };
}

const addFile = (bundle: Buffer): Buffer =>
  repack(bundle, (file) =>
    file.name === 'data.json' ? { name: 'data.json', content: alter(file) } : keep(file),
  );

describe('at the start', () => {
  test.each<[string, (signed: Buffer) => Buffer | Promise<Buffer>, string]>([
    ['is not signed', () => buildForTest(policyOf('pay')), 'is not signed'],
    ['was changed', addFile, 'data.json is not the one that was signed'],
  ])('a bundle that %s does not start the server', async (_, change, told) => {
    const { folder, bundle, sign } = prepare();
    put(folder, await change(await sign(policyOf('pay'))));
    const config = path.join(folder, 'regent.yaml');
    writeFileSync(config, 'policy: bundle.tar.gz\nkeys:\n  ci: {key: {file: key.pub}}\n');
    for (const args of [
      ['-c', bundle, '--verification-key', path.join(folder, 'key.pub')],
      ['--config', config],
    ]) {
      const env = { ...process.env, HOME: folder };
      const { status, stderr } = spawnSync(process.execPath, [REGENT, ...args, ...serverOf(folder)], {
        encoding: 'utf8',
        env,
      });
      expect([status, stderr]).toEqual([2, expect.stringContaining(told)]);
      expect(existsSync(path.join(folder, 'started'))).toBe(false);
    }
  });

  test('a signed bundle without a key does not start the server, and says what to do', async () => {
    const { folder, bundle, sign } = prepare();
    put(folder, await sign(policyOf('pay')));
    const env = { ...process.env, HOME: folder };
    const { status, stderr } = spawnSync(process.execPath, [REGENT, '-c', bundle, ...serverOf(folder)], {
      encoding: 'utf8',
      env,
    });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('say which with --verification-key FILE, or keys in'),
    ]);
    expect(existsSync(path.join(folder, 'started'))).toBe(false);
  });
});

describe('while it runs', () => {
  test('a bundle that is not signed as asked leaves the old one in force; a good one replaces it', async () => {
    const { folder, sign } = prepare();
    put(folder, await sign(policyOf('pay')));
    const config = path.join(folder, 'regent.yaml');
    writeFileSync(
      config,
      'policy: bundle.tar.gz\nkeys:\n  ci: {key: {file: key.pub}}\nsigning: {keyid: ci}\n',
    );
    const { log, outcome } = start(folder, '--config', config);
    expect(await outcome('pay')).toBe('allowed');
    const bad = [await buildForTest(policyOf('other')), addFile(await sign(policyOf('other')))];
    for (const [index, bundle] of bad.entries()) {
      put(folder, bundle);
      const refused = (): number => log().split('the old one stays in force').length - 1;
      await vi.waitFor(() => expect(refused()).toBe(index + 1), POLL);
      expect([await outcome('pay'), await outcome('other')]).toEqual(['allowed', 'denied']);
    }
    put(folder, await sign(policyOf('other')));
    await vi.waitFor(async () => expect(await outcome('pay')).toBe('denied'), POLL);
  });
});
