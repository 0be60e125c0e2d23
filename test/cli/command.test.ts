// The command as users type it: help, exit codes, and what each command prints.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { createWorkbench } from './run-regent.ts';

const bench = createWorkbench();
afterAll(bench.remove);
const FINANCE = path.resolve(import.meta.dirname, '../../policies/finance/policy.yaml');

describe('help', () => {
  test.each([
    '',
    'validate',
    'compile',
    'eval',
    'test',
    'journal',
    'scan',
    'inspect',
    'verify',
    'approvals',
    'approvals list',
    'approvals show',
    'approvals approve',
    'approvals deny',
    'approvers',
    'approvers add',
    'approvers list',
    'approvers remove',
    'console',
  ])('regent %s --help', async (command) => {
    const words = command === '' ? [] : command.split(' ');
    const { status, stdout } = bench.run(...words, '--help');
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`golden/${['help', ...words].join('-')}.txt`);
  });
});

test('a reader that has seen enough is no failure', () => {
  const regent = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');
  for (const args of [['--help'], ['validate', '-c', FINANCE]]) {
    const script = `"$0" "$@" | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, regent, ...args], {
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['0\n', '']);
  }
});

describe('exit codes', () => {
  test('2 and one line for what cannot be carried out', () => {
    const cases: ReadonlyArray<readonly [args: string[], told: string]> = [
      [[], 'no policy was given'],
      [['-c', FINANCE], 'no server was given'],
      [['-c', 'none.yaml', '--', 'true'], 'there is no such file'],
      [['-c', FINANCE, '--hold', 'soon', '--', 'true'], 'is not a duration'],
      [['journal'], 'there is no state file'],
      [['journal', '--since', 'yesterday'], 'is no time'],
      [['scan'], 'no server was given'],
      [['eval', '-c', FINANCE, '--tool', 'x', '--arguments', '{'], '--arguments'],
      [['eval', '-c', FINANCE, '--tool', 'x', '--at', 'noon'], '--at'],
      [['eval', '-c', FINANCE, '--tool', 'x', '--claims', '[]'], '--claims: it is no object'],
      [['eval', '-c', FINANCE, '--tool', 'x', '--at', '5'], '--at'],
      [['eval', '-c', FINANCE, '--tool', 'x', '--at', '2026-11-22T15:04:00'], '--at'],
      [['validate', '-c', FINANCE, '--server', 'a b'], 'is no server name'],
      [['--no-such-option'], 'unknown option'],
      [['approve', 'apr_1'], 'there is no command "approve"; did you mean regent approvals approve?'],
      [['-c', FINANCE, 'npx', '-y', 'some'], "put -- before the server's command: regent … -- npx -y some"],
      [['validate', FINANCE], `no policy was given; say which with -c: regent validate -c ${FINANCE}`],
      [
        ['validate', '-c', FINANCE, 'b.yaml'],
        '"b.yaml" stands alone; say which with -c: regent validate -c b.yaml',
      ],
      [['compile'], 'no policy was given; say which with -c: regent compile -c policy.yaml'],
      [['eval', '--polcy', FINANCE, '--tool', 'x'], 'Did you mean --policy?'],
      [['approvers', 'add'], '(regent approvers add --help shows all options)'],
      [['policy.yaml', '--', 'true'], 'a policy is given with -c FILE'],
      [['approvals'], 'there is no state file'],
      [['approvals', 'approve'], "missing required argument 'ID'"],
      [['approvals', 'approve', 'apr_1'], 'there is no state file'],
      [
        ['approvals', 'aprove', 'apr_1'],
        'no command "approvals aprove"; did you mean regent approvals approve?',
      ],
      [['approvals', 'apr_1'], 'regent approvals --help shows all of them'],
      [['approvals', 'list', 'apr_1'], 'takes no words'],
      [['agents', 'ad', 'bot'], 'did you mean regent agents add?'],
      [['valdate', '-c', FINANCE], 'there is no command "valdate"; did you mean regent validate?'],
      [['scan', 'npx', '-y', 'some'], "put -- before the server's command: regent scan … -- npx -y some"],
      [['journal', '--state', path.join(FINANCE, 'state.db')], 'cannot be read'],
      [['approvers'], 'there is no state file'],
      [['approvers', 'remove', 'bob'], 'there is no state file'],
      [['agents'], 'there is no state file'],
      [['console', '--listen', 'here'], 'is not an address'],
      [['console', '--public-url', 'here'], 'is not an URL'],
    ];
    for (const [args, told] of cases) {
      const { status, stderr } = bench.run(...args);
      expect([args, status, stderr]).toEqual([args, 2, expect.stringContaining(told)]);
      expect(stderr).not.toContain('    at ');
    }
  });

  test('1 where a policy has problems, which go to stdout', () => {
    const file = bench.write('bad.yaml', 'version: "1"\nhiden: [a]\n');
    const { status, stdout } = bench.run('validate', '-c', file);
    expect(status).toBe(1);
    expect(stdout).toBe(`${file}:2:1 unknown-key  "hiden" is not a key here; did you mean "hide"?\n`);
    expect(bench.run('compile', '-c', file).status).toBe(1);
    expect(existsSync(path.join(bench.folder, 'bundle.tar.gz'))).toBe(false);
  });
});

test('compile writes the same bundle each time, and the Rego as files', () => {
  for (const name of ['a', 'b']) {
    expect(bench.run('compile', '-c', FINANCE, '-o', `${name}.tar.gz`, '--rego', name).status).toBe(0);
  }
  const [a, b] = ['a.tar.gz', 'b.tar.gz'].map((name) => readFileSync(path.join(bench.folder, name)));
  expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
  const rego = readFileSync(path.join(bench.folder, 'a/regent/tools/main/create_payment.rego'), 'utf8');
  expect(rego).toContain('package regent.tools.main.create_payment');
});

test('a bundle can stand in place of its policy', () => {
  expect(bench.run('compile', '-c', FINANCE, '-o', 'finance.tar.gz').status).toBe(0);
  const call = ['--tool', 'create_payment', '--arguments', '{"amount": 1, "currency": "JPY"}'];
  const [fromBundle, fromPolicy] = ['finance.tar.gz', FINANCE].map(
    (file) => bench.run('eval', '-c', file, ...call).stdout,
  );
  expect(fromBundle).toBe(fromPolicy);
});

describe('eval', () => {
  test.each([
    ['{"team": {"name": "treasury"}, "level": 9007199254740993}', 'allow'],
    ['{"team": {"name": "treasury"}, "level": 9007199254740992}', 'deny'],
    ['{}', 'deny'],
  ])('judges an agent with the claims %s: %s', (claims, outcome) => {
    const rule =
      '{conditions: [{path: agent.claims.team.name, op: eq, value: treasury}, {path: agent.claims.level, op: eq, value: 9007199254740993}]}';
    const file = bench.write('claims.yaml', `version: "1"\ntools: {pay: {rules: [${rule}]}}\n`);
    const { stdout } = bench.run('eval', '-c', file, '--tool', 'pay', '--claims', claims);
    expect(JSON.parse(stdout)).toMatchObject({ outcome });
  });

  test.each([
    ['get_balance', '{}', { outcome: 'allow', rule: null }],
    [
      'create_payment',
      '{"amount": 500.01, "currency": "GBP"}',
      { outcome: 'deny', rule: 'create_payment/per-call-cap' },
    ],
    [
      'create_payment',
      '{"amount": 5, "currency": "JPY"}',
      { outcome: 'deny', rule: 'create_payment/validate-currency' },
    ],
    [
      'create_payment',
      '{"amount": "5", "currency": "GBP"}',
      { outcome: 'deny', rule: 'create_payment/per-call-cap' },
    ],
    [
      'create_payment',
      '{"amount": -5, "currency": "GBP"}',
      { outcome: 'deny', rule: 'create_payment/per-call-cap' },
    ],
    [
      'create_payment',
      '{"amount": 1e400, "currency": "GBP"}',
      { outcome: 'deny', rule: 'create_payment/per-call-cap' },
    ],
    ['close_account', '{}', { outcome: 'require_approval', rule: 'close_account/require-human' }],
    ['delete_all_records', '{}', { outcome: 'deny', rule: 'default-deny' }],
  ])('%s %s', (tool, args, expected) => {
    const { status, stdout } = bench.run('eval', '-c', FINANCE, '--tool', tool, '--arguments', args);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(expected);
  });
});

describe('regent.yaml', () => {
  test('says what flags say; relative files are taken from its own folder', () => {
    bench.write('policy.yaml', 'version: "1"\ntools: {}\n');
    const file = bench.write(
      'regent.yaml',
      'policy: policy.yaml\nstate: own.db\nagent: bot\ncommand: [sh, -c, "exit 7"]\n',
    );
    expect(bench.run('--config', file).status).toBe(0);
    expect(existsSync(path.join(bench.folder, 'own.db'))).toBe(true);
  });

  test.each([
    ['polcy: x\n', '"polcy" is not a key here'],
    ['policy: 5\n', '1:9 wrong-type'],
    ['- a\n', 'where a mapping is expected'],
    ['policy: a\npolicy: b\n', '2:1 duplicate-key'],
  ])('%j is refused', (text, told) => {
    const { status, stderr } = bench.run('--config', bench.write('bad-config.yaml', text), '--', 'true');
    expect([status, stderr]).toEqual([2, expect.stringContaining(told)]);
  });
});

test('scan writes a policy that validates, and does not write over it', () => {
  const scan = ['scan', '-o', 'scanned.yaml', '--', process.execPath, fixturePath('finance-server')];
  expect(bench.run(...scan).status).toBe(0);
  expect(bench.run('validate', '-c', 'scanned.yaml').status).toBe(0);
  const { status, stderr } = bench.run(...scan);
  expect([status, stderr]).toEqual([2, expect.stringContaining('--force')]);
});
