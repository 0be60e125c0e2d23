// What docs/from-intercept.md claims: its policy runs as it is, and what differs differs as it says.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createWorkbench } from '../cli/run-regent.ts';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../docs/from-intercept.md'), 'utf8');
const [, EXAMPLE = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
const bench = createWorkbench();
afterAll(bench.remove);

function decide(policy: string, tool: string, args: string): Record<string, unknown> {
  const file = bench.write('policy.yaml', policy);
  const { stdout, stderr } = bench.run('eval', '-c', file, '--tool', tool, '--arguments', args);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('the example', () => {
  test.each([
    ['create_charge', '{"amount": 50000, "currency": "usd"}', 'allow', null],
    ['create_charge', '{"amount": 50001, "currency": "usd"}', 'deny', 'create_charge/max single charge'],
    ['create_charge', '{"amount": 1, "currency": "gbp"}', 'deny', 'create_charge/currencies'],
    ['list_charges', '{}', 'allow', null],
    ['delete_customer', '{}', 'deny', 'hidden'],
    ['other', '{}', 'deny', 'default-deny'],
  ])('%s %s: %s', (tool, args, outcome, rule) => {
    expect(decide(EXAMPLE, tool, args)).toMatchObject({ outcome, rule });
  });

  test('has no problems', () => {
    expect(bench.run('validate', '-c', bench.write('policy.yaml', EXAMPLE)).status).toBe(0);
  });
});

const RULE = (text: string): string => `version: "1"\ntools:\n  pay:\n    rules:\n      - ${text}\n`;
const CONDITION = (text: string): string => RULE(`conditions: [{path: args.x, ${text}}]`);

describe('what Regent decides otherwise', () => {
  test.each([
    ['no default', 'version: "1"\ntools: {}\n', '{}', 'deny'],
    ['a text and a value that is written alike', CONDITION('op: eq, value: "true"'), '{"x": true}', 'deny'],
    ['neq and another type', CONDITION('op: neq, value: admin'), '{"x": ["admin"]}', 'deny'],
    ['not_in and nothing', CONDITION('op: not_in, value: [admin]'), '{}', 'deny'],
    ...['-5', '0.99', '1e300', '"5"'].map((x) => [
      `an increment of ${x}`,
      RULE('{name: n, state: {counter: c, window: day, increment_from: args.x}}'),
      `{"x": ${x}}`,
      'deny',
    ]),
  ])('%s', (_name, policy = '', args = '', outcome) => {
    expect(decide(policy, 'pay', args)).toMatchObject({ outcome });
  });

  test('a counter without a limit counts', () => {
    const policy = RULE('{name: n, state: {counter: c, window: day}}');
    expect(decide(policy, 'pay', '{}')).toMatchObject({
      charges: [{ counter: 'main/pay/state/c/day', amount: 1 }],
    });
  });
});

describe('what Intercept accepts and Regent does not', () => {
  test.each([
    ['version: "1"\ntool: {}\n', 'did you mean "tools"?'],
    ['version: "1"\nhidden: [a]\ntools: {}\n', 'did you mean "hide"?'],
    ['version: "1"\nhide: [a]\ntools: {a: {rules: []}}\n', 'is hidden and has rules'],
    [
      RULE('{name: n, state: {counter: c, window: day, increment: 0}}'),
      'is not a whole number of at least 1',
    ],
  ])('%j', (policy, told) => {
    const { status, stdout } = bench.run('validate', '-c', bench.write('policy.yaml', policy));
    expect([status, stdout]).toEqual([1, expect.stringContaining(told)]);
  });
});
