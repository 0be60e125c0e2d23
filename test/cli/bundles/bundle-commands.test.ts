// `regent compile --signing-key`, `inspect` and `verify`, as users type them, beside the real opa.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWithOpa, runRealOpa } from '../../fixtures/opa-binary.ts';
import { writeKeys } from '../../fixtures/signing-keys.ts';
import { keep, repack } from '../../policy/bundle-signature/repack.ts';
import { createWorkbench } from '../run-regent.ts';

const FINANCE = path.resolve(import.meta.dirname, '../../../policies/finance/policy.yaml');
const bench = createWorkbench();
const inBench = (name: string): string => path.join(bench.folder, name);
const read = (name: string): Buffer => readFileSync(inBench(name));
const PAY = ['--tool', 'create_payment', '--arguments', '{"amount": 500.01, "currency": "GBP"}'];

const ENTRY = ['decision', 'listed', 'registered'].flatMap((rule) => ['-e', `regent/gateway/${rule}`]);

beforeAll(() => {
  for (const algorithm of ['RS256', 'ES256', 'HS256']) writeKeys(bench.folder, algorithm);
  bench.write('claims.json', '{"scope": "prod", "iss": "ci"}');
  const compiled = bench.run('compile', '-c', FINANCE, '-o', 'unsigned.tar.gz', '--rego', 'src');
  expect(compiled.status).toBe(0);
  const signed = bench.run('compile', '-c', FINANCE, '-o', 'signed.tar.gz', '--signing-key', 'RS256.pem');
  expect(signed).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/^Wrote signed.tar.gz .*, signed\)$/m),
  });
});
afterAll(bench.remove);

describe('compile --signing-key', () => {
  test('signs the very files of the unsigned bundle, the same way each time', () => {
    const again = bench.run('compile', '-c', FINANCE, '-o', 'again.tar.gz', '--signing-key', 'RS256.pem');
    expect(again.status).toBe(0);
    expect(read('again.tar.gz').equals(read('signed.tar.gz'))).toBe(true);
    const stripped = repack(read('signed.tar.gz'), (file) =>
      file.name === '.signatures.json' ? null : keep(file),
    );
    expect(stripped.equals(repack(read('unsigned.tar.gz'), keep))).toBe(true);
  });

  test('names key and claims, and the real opa accepts them', () => {
    const args = [
      '--signing-key',
      'ES256.pem',
      '--signing-alg',
      'ES256',
      '--signing-key-id',
      'ci',
      '--claims-file',
      'claims.json',
    ];
    expect(bench.run('compile', '-c', FINANCE, '-o', 'claims.tar.gz', ...args).status).toBe(0);
    expect(JSON.parse(bench.run('inspect', 'claims.tar.gz', '--json').stdout).signature).toMatchObject({
      key_id: 'ci',
      algorithm: 'ES256',
      scope: 'prod',
    });
    const check = ['--verification-key', 'ES256.pub', '--signing-alg', 'ES256', '--scope', 'prod'];
    expect(
      runRealOpa(bench.folder, 'build', '-b', 'claims.tar.gz', '-o', 'out.tar.gz', ...check).status,
    ).toBe(0);
    expect(bench.run('verify', 'claims.tar.gz', ...check)).toMatchObject({
      status: 0,
      stdout: 'claims.tar.gz: signed with default (ES256, scope prod), 14 files\n',
    });
  });

  test.each<[string, string[], string]>([
    ['a key that is not there', ['--signing-key', 'none.pem'], 'cannot be read'],
    ['a public key', ['--signing-key', 'RS256.pub'], 'no private key'],
    [
      'a key in PEM as a secret',
      ['--signing-key', 'RS256.pem', '--signing-alg', 'HS256'],
      'the algorithm wants a secret',
    ],
    ['a key of another kind', ['--signing-key', 'ES256.pem'], 'ec, prime256v1'],
    [
      'an algorithm that OPA does not know',
      ['--signing-key', 'RS256.pem', '--signing-alg', 'EdDSA'],
      'is not one of ES256',
    ],
    ['an algorithm without a key', ['--signing-alg', 'RS256'], 'go with --signing-key FILE'],
    [
      'claims that are not there',
      ['--signing-key', 'RS256.pem', '--claims-file', 'none.json'],
      '--claims-file',
    ],
    [
      'claims about files',
      ['--signing-key', 'RS256.pem', '--claims-file', 'files.json'],
      'cannot be claimed',
    ],
  ])('refuses %s, and writes nothing', (_, args, told) => {
    bench.write('files.json', '{"files": []}');
    const { status, stderr } = bench.run('compile', '-c', FINANCE, '-o', 'refused.tar.gz', ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(told)]);
    expect(() => read('refused.tar.gz')).toThrow(/ENOENT/);
  });
});

describe('verify', () => {
  test.each<[string, string, string[], number, RegExp]>([
    [
      'the right key',
      'signed.tar.gz',
      ['--verification-key', 'RS256.pub'],
      0,
      /signed with default \(RS256\)/,
    ],
    [
      'the right key by another name',
      'signed.tar.gz',
      ['--verification-key', 'RS256.pub', '--verification-key-id', 'ci'],
      0,
      /signed with ci/,
    ],
    [
      'the wrong key',
      'signed.tar.gz',
      ['--verification-key', 'ES256.pub', '--signing-alg', 'ES256'],
      1,
      /does not verify/,
    ],
    [
      'a scope it has not',
      'signed.tar.gz',
      ['--verification-key', 'RS256.pub', '--scope', 'prod'],
      1,
      /must be "prod"/,
    ],
    ['no signature', 'unsigned.tar.gz', ['--verification-key', 'RS256.pub'], 1, /is not signed/],
    ['a changed file', 'changed.tar.gz', ['--verification-key', 'RS256.pub'], 1, /data.json is not the one/],
    [
      'a changed file that is excluded',
      'changed.tar.gz',
      ['--verification-key', 'RS256.pub', '--exclude-files-verify', '*.txt,data.json'],
      0,
      /signed/,
    ],
    ['no archive', 'broken.tar.gz', ['--verification-key', 'RS256.pub'], 1, /not a gzip archive/],
    ['no file', 'none.tar.gz', ['--verification-key', 'RS256.pub'], 2, /no such file/],
    ['no key', 'signed.tar.gz', [], 2, /--verification-key FILE/],
    [
      'no key but an algorithm',
      'signed.tar.gz',
      ['--signing-alg', 'RS256'],
      2,
      /goes with --verification-key/,
    ],
    ['a private key', 'signed.tar.gz', ['--verification-key', 'RS256.pem'], 2, /private key/],
  ])('%s', (_, file, args, status, told) => {
    bench.write('broken.tar.gz', 'no archive');
    const changed = repack(read('signed.tar.gz'), (one) =>
      one.name === 'data.json' ? { name: '/data.json', content: '{"x":1}' } : keep(one),
    );
    writeFileSync(inBench('changed.tar.gz'), changed);
    const run = bench.run('verify', file, ...args);
    expect([run.status, run.stdout + run.stderr]).toEqual([status, expect.stringMatching(told)]);
  });

  test('takes a certificate for the key in it', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'ci' }], { keySize: 2048 });
    bench.write('cert.pem', cert);
    bench.write('cert.key', key);
    expect(
      bench.run('compile', '-c', FINANCE, '-o', 'by-cert.tar.gz', '--signing-key', 'cert.key').status,
    ).toBe(0);
    expect(bench.run('verify', 'by-cert.tar.gz', '--verification-key', 'cert.pem').status).toBe(0);
  });
});

describe('inspect', () => {
  test("shows Regent's own bundle, without any key", async () => {
    const { status, stdout } = bench.run('inspect', 'signed.tar.gz');
    expect(status).toBe(0);
    const stable = stdout.replaceAll(/\d+ bytes/g, 'N bytes').replace(/[0-9a-f]{64}/, 'REVISION');
    await expect(stable).toMatchFileSnapshot('inspect.golden.txt');
  });

  test("shows a bundle of OPA's, and what Regent will make of it", () => {
    bench.write(
      'own.rego',
      'package regent.gateway\n\n# METADATA\n# title: Ours\n# scope: document\n# entrypoint: true\ndefault decision := {"outcome": "deny"}\n',
    );
    buildWithOpa(
      bench.folder,
      'own.rego',
      '-t',
      'wasm',
      '-e',
      'regent/gateway/decision',
      '-o',
      'own.tar.gz',
      '--revision',
      'v\u001b[2J',
    );
    const { status, stdout } = bench.run('inspect', 'own.tar.gz');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^manifest +not Regent's: the policy gets all arguments and no counters$/m);
    expect(stdout).toMatch(/^signature +none$/m);
    expect(stdout).not.toContain('\u001b');
    const facts = JSON.parse(bench.run('inspect', 'own.tar.gz', '--json').stdout);
    expect(facts).toMatchObject({ revision: 'v\u001b[2J', roots: [''], regent: null, signature: null });
    expect(facts.entrypoints.map(({ name }: { name: string }) => name)).toContain('regent/gateway/decision');
    expect(JSON.stringify(facts.entrypoints)).toContain('"title":"Ours"');
  });

  test('shows that opa has optimized a bundle', () => {
    buildWithOpa(bench.folder, '-b', 'src', '-O=1', '-t', 'wasm', ...ENTRY, '-o', 'optimized.tar.gz');
    const { stdout } = bench.run('inspect', 'optimized.tar.gz');
    expect(stdout).toMatch(/^optimized +by opa build -O: decisions may take many times as long$/m);
    expect(bench.run('inspect', 'unsigned.tar.gz').stdout).not.toMatch(/^optimized/m);
  });

  test('shows a bundle that cannot run, and says so', () => {
    buildWithOpa(bench.folder, 'own.rego', '-o', 'rego.tar.gz');
    expect(bench.run('inspect', 'rego.tar.gz').stdout).toMatch(/^policy.wasm +none: Regent cannot run it$/m);
  });

  test('refuses what is no bundle', () => {
    expect(bench.run('inspect', FINANCE)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('not a gzip archive'),
    });
  });
});

test('a tool that the policy does not list any more is not in what opa builds from the same folder', () => {
  const listing = (...tools: readonly string[]): string =>
    `version: "1"\nserver: main\ntools:\n${tools.map((tool) => `  ${tool}: {rules: []}\n`).join('')}`;
  const compile = (): string =>
    bench.run('compile', '-c', 'p.yaml', '-o', 'p.tar.gz', '--rego', 'kept').stderr;
  bench.write('p.yaml', listing('ping', 'drop_table'));
  compile();
  bench.write('kept/regent/own.rego', 'package regent.own\n');
  bench.write('p.yaml', listing('ping'));
  expect(compile()).toContain('under kept, and removed 1 of an earlier policy');
  buildWithOpa(bench.folder, '-b', 'kept', '-t', 'wasm', ...ENTRY, '-o', 'kept.tar.gz');
  const outcomeOf = (tool: string): string =>
    JSON.parse(bench.run('eval', '-c', 'kept.tar.gz', '--tool', tool).stdout).outcome;
  expect([outcomeOf('ping'), outcomeOf('drop_table')]).toEqual(['allow', 'deny']);
  expect(read('kept/regent/own.rego').toString()).toBe('package regent.own\n');
});

describe('a bundle that opa builds from what compile --rego wrote', () => {
  test("keeps Regent's manifest with -b, and with it counters and reasons", () => {
    buildWithOpa(bench.folder, '-b', 'src', '-t', 'wasm', ...ENTRY, '-o', 'rebuilt.tar.gz');
    const [rebuilt, own] = ['rebuilt.tar.gz', 'unsigned.tar.gz'].map(
      (file) => bench.run('eval', '-c', file, ...PAY).stdout,
    );
    expect(rebuilt).toBe(own);
    const balance = bench.run('eval', '-c', 'rebuilt.tar.gz', '--tool', 'get_balance').stdout;
    expect(JSON.parse(balance).charges).toHaveLength(1);
  });

  test('has no counters without it: limits deny', () => {
    buildWithOpa(bench.folder, 'src/regent', '-t', 'wasm', ...ENTRY, '-o', 'bare.tar.gz');
    const decide = (tool: string, args: string) =>
      JSON.parse(bench.run('eval', '-c', 'bare.tar.gz', '--tool', tool, '--arguments', args).stdout);
    expect(decide('get_balance', '{}')).toMatchObject({ outcome: 'deny' });
    expect(decide('create_payment', '{"amount": 1, "currency": "JPY"}')).toMatchObject({ outcome: 'deny' });
    expect(decide('close_account', '{}')).toMatchObject({ outcome: 'require_approval' });
  });
});

test.each<[string, string[], string]>([
  ['a bundle beside a policy', ['eval', '-c', 'unsigned.tar.gz', '-c', FINANCE, ...PAY], 'stands alone'],
  ['two bundles', ['-c', 'unsigned.tar.gz', '-c', 'signed.tar.gz', '--', 'true'], 'stands alone'],
  ['a bundle to validate', ['validate', '-c', 'unsigned.tar.gz'], 'compiled already; regent inspect'],
  ['a bundle to compile', ['compile', '-c', 'unsigned.tar.gz'], 'compiled already'],
  ['a signed bundle without a key', ['eval', '-c', 'signed.tar.gz', ...PAY], '--verification-key FILE'],
  [
    'an unsigned bundle with a key',
    ['eval', '-c', 'unsigned.tar.gz', '--verification-key', 'RS256.pub', ...PAY],
    'is not signed',
  ],
  [
    'a key for a policy in YAML',
    ['eval', '-c', FINANCE, '--verification-key', 'RS256.pub', ...PAY],
    'bear no signature',
  ],
  [
    'a key for a policy in YAML before a server',
    ['-c', FINANCE, '--verification-key', 'RS256.pub', '--', 'true'],
    'bear no signature',
  ],
])('%s is refused in one line', (_, args, told) => {
  const { status, stderr } = bench.run(...args);
  expect([status, stderr]).toEqual([2, expect.stringContaining(told)]);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('eval judges by a signed bundle whose key is given', () => {
  const { stdout } = bench.run('eval', '-c', 'signed.tar.gz', '--verification-key', 'RS256.pub', ...PAY);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'deny', rule: 'create_payment/per-call-cap' });
});
