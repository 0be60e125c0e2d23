// Rego tests that are written from cases: they hold on the compiled Rego, and fall where a limit is changed.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { compilePolicy } from '../../../compiler/index.ts';
import { checkRego, formatRego, testRego } from '../../../compiler/opa/opa-operations.ts';
import type { RegoModule } from '../../../compiler/opa/run-opa.ts';
import { type EmittedRego, printEmitted } from '../../../src/cli/test/emit/emit-rego.ts';
import { runTree } from './write-tree.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const FOLDER = path.resolve(import.meta.dirname, '../../../policies/finance');
const FINANCE = readFileSync(path.join(FOLDER, 'policy.yaml'), 'utf8');
const CASES = `calls:
  pay: {tool: create_payment, arguments: {amount: 500, currency: USD}}
cases:
  - name: lets 60 calls through "in" a minute \\ é
    steps:
      - {tool: get_balance, repeat: 60, outcome: allow}
      - {tool: get_balance, outcome: deny}
  - name: spends 5000.00 a day
    steps:
      - {call: pay, repeat: 10, outcome: allow}
      - {call: pay, with: {amount: 0.01}, outcome: deny}
  - {name: closes when somebody agreed, tool: close_account, approved_by: [alice], outcome: allow}
  - {name: is wrong, tool: get_balance, outcome: deny}
`;

async function compiledRego(text: string): Promise<readonly RegoModule[]> {
  const result = await compilePolicy([{ name: 'policy.yaml', text }]);
  if (!result.ok) throw new Error('the policy does not compile');
  return result.modules;
}

describe('what is written', () => {
  let emitted: EmittedRego = { modules: [], decisions: 0, leftOut: 0 };
  let compiled: readonly RegoModule[] = [];
  beforeEach(async () => {
    if (compiled.length > 0) return;
    const tree = { 'finance/policy.yaml': FINANCE, 'finance/cases.yaml': CASES };
    emitted = await printEmitted(await runTree(tree));
    compiled = await compiledRego(FINANCE);
  });

  test('is one formatted, strict file for a suite, in the folder of its package', async () => {
    expect(emitted.modules.map((module) => module.path)).toEqual(['finance/finance_test.rego']);
    expect(await formatRego(emitted.modules)).toEqual({ ok: true, modules: emitted.modules });
    expect(await checkRego([...compiled, ...emitted.modules])).toEqual([]);
    await expect(emitted.modules[0]?.text).toMatchFileSnapshot('golden/emitted_test.rego.txt');
  });

  test('leaves out cases that failed, and says how many', () => {
    expect(emitted.leftOut).toBe(1);
    expect(emitted.modules[0]?.text).not.toContain('is wrong');
  });

  test('holds on the compiled Rego, row by row', async () => {
    const result = await testRego([...compiled, ...emitted.modules]);
    const tests = result.ok ? result.tests : [];
    expect(tests.filter(({ passed }) => !passed)).toEqual([]);
    expect(tests.map(({ name }) => name.replace('test_decisions/', ''))).toEqual([
      'closes when somebody agreed',
      'closes when somebody agreed #2',
      expect.stringContaining('lets 60 calls through "in" a minute \\ é (step 1, call 1)'),
      expect.stringContaining('(step 1, call 60)'),
      expect.stringContaining('(step 2)'),
      'spends 5000.00 a day (step 1, call 1)',
      'spends 5000.00 a day (step 1, call 10)',
      'spends 5000.00 a day (step 2)',
    ]);
    expect(tests).toHaveLength(emitted.decisions);
  });

  test.each([
    ['rate', '60/minute', '61/minute', ['(step 2)']],
    ['lower rate', '60/minute', '59/minute', ['(step 1, call 60)']],
    ['cap', 'daily: 5000.00', 'daily: 5000.01', ['spends 5000.00 a day (step 2)']],
  ])('falls where the %s is changed', async (_, from, to, fallen) => {
    const changed = await compiledRego(FINANCE.replace(from, to));
    const result = await testRego([...changed, ...emitted.modules]);
    const names = result.ok ? result.tests.filter(({ passed }) => !passed).map(({ name }) => name) : [];
    expect(names).toEqual(fallen.map((part) => expect.stringContaining(part)));
  });
});

test('suites of one name are kept apart, and cases of several files', async () => {
  const policy = 'version: "1"\ntools: {pay: {rules: []}}\n';
  const one = '- {name: a, tool: pay, outcome: allow}\n';
  const tree = {
    'x/pay.yaml': policy,
    'x/pay.cases.yaml': one,
    'y/pay.policy.yaml': policy,
    'y/pay_cases.yaml': one,
    'z/policy.yaml': policy,
    'z/cases.yaml': one,
    'z/more.cases.yaml': '- {name: a, tool: drop, outcome: deny}\n',
    'none/policy.yaml': policy,
  };
  const { modules, decisions } = await printEmitted(await runTree(tree));
  expect(modules.map((module) => module.path)).toEqual([
    'pay/pay_test.rego',
    'pay_2/pay_2_test.rego',
    'z/z_test.rego',
  ]);
  expect(decisions).toBe(4);
  expect(modules[2]?.text).toContain('"cases.yaml: a"');
  expect(modules[2]?.text).toContain('"more.cases.yaml: a"');
});
