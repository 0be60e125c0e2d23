// `regent test` as users type it: what it prints, and its exit codes.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
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

test.each([
  ['a path that leads nowhere', ['none'], 'there is no file or folder none'],
  ['a folder without anything to test', [], 'there is nothing to test in .'],
  ['a broken expression', ['--run', '('], '--run "(" is no regular expression'],
  ['a name that no test has', [POLICIES, '--run', 'no such name'], 'no test has such a name'],
])('%s: exit 2', (_, args, told) => {
  const { status, stdout, stderr } = bench.run('test', ...args);
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(told)]);
});
