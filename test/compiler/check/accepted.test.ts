// Policies that are fine, and what is read from them: the exact model, whatever way it is written.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';
import type { Policy, Rule } from '../../../compiler/model/policy.ts';

function readOne(text: string, server?: string): Policy {
  const read = readPolicies([{ name: 'p.yaml', text }], server === undefined ? {} : { server });
  expect(read.diagnostics).toEqual([]);
  const [policy] = read.policies;
  if (policy === undefined) throw new Error('no policy was read');
  return policy;
}

function readRule(yaml: string): Rule {
  const indented = yaml.trim().replaceAll('\n', '\n        ');
  const [rule] =
    readOne(`version: "1"\ntools:\n  pay:\n    rules:\n      - ${indented}\n`).tools[0]?.rules ?? [];
  if (rule === undefined) throw new Error('no rule was read');
  return rule;
}

test('the finance policy is read to the last digit', () => {
  const file = path.resolve(import.meta.dirname, '../../../policies/finance/policy.yaml');
  const policy = readOne(readFileSync(file, 'utf8'));
  expect(policy).toMatchObject({ server: 'main', default: 'deny', hide: [], agents: null });
  expect(policy.tools.map(({ name }) => name.text)).toEqual([
    'get_balance',
    'list_transactions',
    'create_payment',
    'create_refund',
    'close_account',
  ]);
  const rules = policy.tools.flatMap((entry) => entry.rules);
  expect(rules.map(({ id }) => id)).toEqual([
    'get_balance/#1',
    'list_transactions/#1',
    'create_payment/per-call-cap',
    'create_payment/validate-currency',
    'create_refund/refund-limits',
    'close_account/require-human',
  ]);
  expect(rules[2]?.position).toMatchObject({ line: 17, column: 9 });
  expect(rules[2]?.spend).toMatchObject({
    perCall: 50_000,
    caps: [{ window: 'day', cap: 500_000 }],
    scale: 2,
  });
  expect(rules[4]).toMatchObject({
    rateLimit: { limit: 10, window: 'day' },
    onDeny: 'Refund limit reached. Escalate to human operator.',
  });
  expect(rules[5]?.approval).toEqual({ timeoutMs: 1_800_000, required: 1 });
});

describe("Intercept's grammar", () => {
  test('a policy with conditions, counters, a global limit and an unquoted version', () => {
    const policy = readOne(`version: 1
description: migrated
default: allow
hide: [drop_database]
tools:
  create_charge:
    rules:
      - name: cap
        action: evaluate
        conditions:
          - {path: args.amount, op: lte, value: 50000}
          - {path: state.create_charge.volume, op: lt, value: 1000000}
        state: {counter: volume, window: day, increment_from: args.amount}
        on_deny: Too much
      - name: fine
        action: allow
  delete_customer:
    rules:
      - name: never
        action: deny
  "*":
    rules:
      - name: global
        rate_limit: 60/minute
`);
    expect(policy.default).toBe('allow');
    const [cap] = policy.tools[0]?.rules ?? [];
    expect(cap?.conditions.map(({ path: read }) => read)).toEqual([
      { root: 'args', steps: ['amount'] },
      { root: 'state', tool: 'create_charge', counter: 'volume' },
    ]);
    expect(cap?.state).toMatchObject({
      counter: 'volume',
      window: 'day',
      increment: 1,
      incrementFrom: ['amount'],
    });
  });
});

describe('numbers keep their digits', () => {
  test.each([
    ['9007199254740993', '9007199254740993'],
    ['0.10', '0.1'],
    ['-0', '0'],
    ['1e3', '1000'],
  ])('%s is %s', (written, read) => {
    expect(readRule(`conditions: [{path: args.x, op: eq, value: ${written}}]`).conditions[0]?.value).toEqual({
      number: read,
    });
  });
});

describe('paths', () => {
  test.each([
    ['args.items[*].price', { root: 'args', steps: ['items', { every: true }, 'price'] }],
    ['args["odd name"].x', { root: 'args', steps: ['odd name', 'x'] }],
    ['agent.claims.team', { root: 'agent.claims', steps: ['team'] }],
    ['session', { root: 'session' }],
    ['agent.id', { root: 'agent.id' }],
  ])('%s', (text, expected) => {
    expect(readRule(`conditions: [{path: '${text}', op: eq, value: a}]`).conditions[0]?.path).toEqual(
      expected,
    );
  });
});

test('conditions of a rule that denies or holds say when it applies', () => {
  const rule = readRule(
    'action: deny\nwhen: [{path: args.a, op: eq, value: 1}]\nconditions: [{path: args.b, op: eq, value: 2}]',
  );
  expect(rule.when.map(({ pathText }) => pathText)).toEqual(['args.a', 'args.b']);
  expect(rule.conditions).toEqual([]);
});

test('every keyword of argument checks', () => {
  const keywords = `arguments:
  a: {type: [string, "null"], enum: [x, 1, null], const: x, pattern: "^a", format: email, minLength: 1, maxLength: 2}
  b: {minimum: 1, maximum: 2, exclusiveMinimum: 0.5, exclusiveMaximum: 2.5, multipleOf: 0.01}
  c: {minItems: 0, maxItems: 9, items: {type: integer}}
  d: {properties: {x: {type: string}}, required: [x], not: {const: 1}, anyOf: [{type: object}], allOf: [{type: object}]}`;
  const [a, b, c, d] = readRule(keywords).arguments.map(({ schema }) => schema);
  expect(a).toMatchObject({
    type: ['string', 'null'],
    enum: ['x', { number: '1' }, null],
    minLength: 1,
    maxLength: 2,
  });
  expect(b).toMatchObject({ exclusiveMinimum: { number: '0.5' }, multipleOf: { number: '0.01' } });
  expect(c).toEqual({ minItems: 0, maxItems: 9, items: { type: ['integer'] } });
  expect(d).toMatchObject({ properties: [['x', { type: ['string'] }]], required: ['x'] });
});

test('the server option replaces the name of every file', () => {
  expect(readOne('version: "1"\nserver: theirs\n', 'ours').server).toBe('ours');
});

test.each([
  ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
  ['a byte order mark', (text: string) => `\uFEFF${text}`],
  ['an alias', (text: string) => text.replace('get: ', 'get: &a ').replace('put: {rules: []}', 'put: *a')],
])('a file with %s is read as one without', (_, change) => {
  const text = 'version: "1"\ntools:\n  get: {rules: []}\n  put: {rules: []}\n';
  expect(readOne(change(text)).tools.map(({ name }) => name.text)).toEqual(['get', 'put']);
});
