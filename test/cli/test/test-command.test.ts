// `regent test` as users type it: what it prints, and its exit codes.
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { runRealOpa } from '../../fixtures/opa-binary.ts';
import { createWorkbench } from '../run-regent.ts';
import { writeTree } from './write-tree.ts';

vi.setConfig({ testTimeout: 120_000 });

const bench = createWorkbench();
afterAll(bench.remove);
const POLICIES = path.resolve(import.meta.dirname, '../../../policies');
const FINANCE = readFileSync(path.join(POLICIES, 'finance/policy.yaml'), 'utf8');

test('the policies that Regent ships decide as their cases say: exit 0, one line for each file', () => {
  const { status, stdout, stderr } = bench.run('test', POLICIES);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/✓ \S+finance\/cases\.yaml {2}\d+ passed/);
  expect(stdout).toMatch(/✓ \S+filesystem\/cases\.yaml {2}\d+ passed/);
  expect(stdout).toMatch(/\nTests {2}\d{3} passed\nTime {3}/);
  expect(stdout).not.toContain('\u001b');
});

test('a failing case: exit 1, with what was expected and the place of the rule', () => {
  const folder = writeTree({
    'policy.yaml': FINANCE,
    'cases.yaml':
      '- {name: lets a large payment through, tool: create_payment, arguments: {amount: 501, currency: EUR}, outcome: allow}\n',
  });
  const { status, stdout } = bench.run('test', folder);
  expect(status).toBe(1);
  expect(stdout.replaceAll(`${folder}/`, '')).toContain(`
    ✗ lets a large payment through  cases.yaml:1
      create_payment {"amount":501,"currency":"EUR"}  cases.yaml:1
        outcome  expected  allow
                 actual    deny
        decided by create_payment/per-call-cap  policy.yaml:17:9  `);
  const report = JSON.parse(bench.run('test', folder, '--format', 'json').stdout);
  expect(report).toMatchObject({ version: 1, ok: false, counts: { passed: 0, failed: 1, problems: 0 } });
  expect(report.suites[0].tests[0]).toMatchObject({ status: 'failed', failures: [{ kind: 'unexpected' }] });
});

test('a policy with problems: exit 1', () => {
  const folder = writeTree({ 'policy.yaml': 'version: "1"\nhiden: [a]\n' });
  const { status, stdout } = bench.run('test', folder);
  expect(status).toBe(1);
  expect(stdout).toContain('policy.yaml:2:1 unknown-key  "hiden" is not a key here; did you mean "hide"?');
});

test('Rego that cannot be read: exit 2, in one line', () => {
  const folder = writeTree({ 'policy.yaml': FINANCE });
  symlinkSync('nowhere', path.join(folder, 'gone_test.rego'));
  const { status, stderr } = bench.run('test', folder);
  expect([status, stderr]).toEqual([
    2,
    `regent: the Rego in ${folder}/gone_test.rego cannot be read: there is no such file\n`,
  ]);
});

test.each([
  ['a path that leads nowhere', ['none'], 'there is no file or folder none'],
  ['a folder without anything to test', [], 'there is nothing to test in .'],
  ['a broken expression', ['--run', '('], '--run "(" is no regular expression'],
  ['a threshold that is none', ['--threshold', '101'], '--threshold "101" is no percentage from 0 to 100'],
  ['a name that no test has', [POLICIES, '--run', 'no such name'], 'no test has such a name'],
])('%s: exit 2', (_, args, told) => {
  const { status, stdout, stderr } = bench.run('test', ...args);
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(told)]);
});

const CASES =
  '- {name: lets a payment through, tool: create_payment, arguments: {amount: 1, currency: EUR}, outcome: allow}\n';

test('too few exercised rules: exit 1, and the rules with their places; enough of them: exit 0', () => {
  const folder = writeTree({ 'policy.yaml': FINANCE, 'cases.yaml': CASES });
  const { status, stdout } = bench.run('test', folder, '--threshold', '10');
  expect(status).toBe(1);
  expect(stdout).toMatch(/\n {2}Rules {2}0 of \d+ \(0 %\) exercised; 10 % are required\n/);
  expect(stdout.replaceAll(`${folder}/`, '')).toContain(
    '    ✗ create_payment/per-call-cap  policy.yaml:17:9  no call was stopped by it\n',
  );
  expect(bench.run('test', folder, '--coverage').status).toBe(0);
  const { status: good, stdout: text } = bench.run('test', folder, '--threshold', '0', '--format', 'json');
  expect([good, JSON.parse(text).coverage.threshold]).toEqual([0, 0]);
});

test('--emit-rego writes Rego tests that regent test runs beside the policy', () => {
  const folder = writeTree({ 'pay/policy.yaml': FINANCE, 'pay/cases.yaml': CASES, file: '' });
  const { status, stderr } = bench.run('test', folder, '--emit-rego', path.join(folder, 'pay/rego'));
  expect([status, stderr]).toEqual([0, `Wrote 1 decision in 1 Rego test under ${folder}/pay/rego\n`]);
  expect(bench.run('test', path.join(folder, 'pay')).stdout).toContain('pay_test.rego  1 passed');
  const blocked = bench.run('test', folder, '--emit-rego', path.join(folder, 'file'));
  expect([blocked.status, blocked.stderr]).toEqual([2, expect.stringContaining('cannot be written: ')]);
});

test('opa itself takes what --emit-rego and compile --rego write, and fails where a limit was changed', () => {
  const folder = writeTree({ 'policy.yaml': FINANCE.replace('60/minute', '59/minute') });
  const finance = path.join(POLICIES, 'finance');
  const emitted = path.join(folder, 'tests');
  expect(bench.run('test', finance, '--emit-rego', emitted).status).toBe(0);
  const compile = (policy: string, name: string): string => {
    const rego = path.join(folder, name);
    const bundle = path.join(folder, `${name}.tar.gz`);
    expect(bench.run('compile', '-c', policy, '-o', bundle, '--rego', rego).status).toBe(0);
    return rego;
  };
  const rego = compile(path.join(finance, 'policy.yaml'), 'rego');
  expect(runRealOpa(folder, 'test', rego, emitted)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^PASS: (\d+)\/\1\n$/),
  });
  expect(runRealOpa(folder, 'check', '--strict', rego, emitted)).toMatchObject({ status: 0, stderr: '' });
  expect(runRealOpa(folder, 'fmt', '--list', emitted)).toMatchObject({ status: 0, stdout: '' });
  const changed = runRealOpa(folder, 'test', compile(path.join(folder, 'policy.yaml'), 'changed'), emitted);
  expect([changed.status, changed.stdout]).toEqual([2, expect.stringMatching(/\nFAIL: 1\/\d+\n$/)]);
});
