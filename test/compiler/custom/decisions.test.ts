// What hand-written rules decide: only ever stricter than the YAML, and a member that breaks the contract denies.
import { beforeAll, describe, expect, test } from 'vitest';
import { type JsonNode, JsonNumber } from '../../../src/policy/arguments/json-node.ts';
import type { LoadedPolicy } from '../../../src/policy/bundle/load-bundle.ts';
import { clockAt } from '../../../src/policy/clock.ts';
import type { Decision } from '../../../src/policy/decision.ts';
import { loadCustom } from './compile-custom.ts';

const POLICY = `version: "1"
rego: [rules]
counters:
  rows: {window: day, per: agent}
  accounts: {window: day, per: args.account}
tools:
  query: {rules: []}
  pay:
    rules:
      - name: closed
        action: deny
  ask:
    rules:
      - name: human
        action: require_approval
        approval_timeout: 5m
`;

// Gives whatever the call asks for, so that one bundle serves every case.
const PUPPET = `package regent.custom.puppet

deny contains member if some member in input.arguments.deny

require_approval contains member if some member in input.arguments.require_approval

charges contains member if some member in input.arguments.charges

verdict := "one" if input.arguments.conflict

verdict := "two" if input.arguments.conflict

deny contains {"rule": "conflict", "msg": verdict} if verdict

# METADATA
# title: A rule with a title
# description: |
#   Two lines
#   of text.
deny contains {"rule": "titled", "msg": "has a title"} if input.arguments.titled
`;

let policy: LoadedPolicy;
beforeAll(async () => {
  policy = await loadCustom(POLICY, { 'puppet.rego': PUPPET });
});

function toNode(value: unknown): JsonNode {
  if (typeof value === 'number') return new JsonNumber(String(value));
  if (Array.isArray(value)) return value.map(toNode);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, member]) => [key, toNode(member)]));
  return value as JsonNode;
}

function decide(tool: string, args: object, approvers: readonly string[] | null = null): Decision {
  const agent = { id: 'bot', claims: '{}' };
  const prepared = policy.prepare({
    server: 'main',
    agent,
    session: 's',
    tool,
    arguments: toNode(args) as Map<string, JsonNode>,
  });
  const values = prepared.counters.map(() => 5);
  const approval = approvers === null ? null : { id: 'a', approvers };
  return policy.decide(prepared.input(clockAt(0), values, approval));
}

describe('strictest wins', () => {
  test.each([
    ['nothing said', 'query', {}, 'allow', null],
    ['a custom denial', 'query', { deny: [{ rule: 'a', msg: 'no' }] }, 'deny', 'custom:a'],
    [
      'a custom hold',
      'query',
      { require_approval: [{ rule: 'a', msg: 'ask' }] },
      'require_approval',
      'custom:a',
    ],
    [
      'denial over hold',
      'query',
      { deny: [{ rule: 'a', msg: 'no' }], require_approval: [{ rule: 'b', msg: 'ask' }] },
      'deny',
      'custom:a',
    ],
    [
      'a custom denial over a hold of the YAML',
      'ask',
      { deny: [{ rule: 'a', msg: 'no' }] },
      'deny',
      'custom:a',
    ],
    ['the YAML first where both deny', 'pay', { deny: [{ rule: 'a', msg: 'no' }] }, 'deny', 'pay/closed'],
    [
      'the YAML first where both hold',
      'ask',
      { require_approval: [{ rule: 'a', msg: 'ask' }] },
      'require_approval',
      'ask/human',
    ],
    ['a tool that the YAML does not list', 'drop', {}, 'deny', 'default-deny'],
  ] as const)('%s', (_, tool, args, outcome, rule) => {
    expect(decide(tool, args)).toMatchObject({ outcome, rule });
  });

  test('all that failed is listed, with the place of each', () => {
    const { violations } = decide('pay', {
      deny: [
        { rule: 'b', msg: 'no b' },
        { rule: 'a', msg: 'no a' },
      ],
    });
    expect(violations).toEqual([
      { rule: 'custom:a', reason: 'no a', source: 'puppet.rego:1:1' },
      { rule: 'custom:b', reason: 'no b', source: 'puppet.rego:1:1' },
      expect.objectContaining({ rule: 'pay/closed', source: 'policy.yaml:10:9' }),
    ]);
  });

  test('METADATA of the rule stands beside its violation, and its line is the source', () => {
    expect(decide('query', { titled: true }).violations).toEqual([
      {
        rule: 'custom:titled',
        reason: 'has a title',
        source: 'puppet.rego:20:1',
        title: 'A rule with a title',
        description: 'Two lines\nof text.',
      },
    ]);
  });
});

describe('approvals', () => {
  test('the shortest timeout and the most humans count, over YAML and Rego', () => {
    const asked = [{ rule: 'a', msg: 'ask', timeout: '90s', approvals: 2 }];
    const held = decide('ask', { require_approval: asked });
    expect(held.approval).toEqual({ timeout_ms: 90_000, required: 2 });
    expect(decide('ask', { require_approval: asked }, ['ann']).outcome).toBe('require_approval');
    expect(decide('ask', { require_approval: asked }, ['ann', 'bob']).outcome).toBe('allow');
  });
});

describe('charges', () => {
  test('are taken when the call is allowed, and added up', () => {
    const charges = [
      { counter: 'rows', amount: 2 },
      { counter: 'rows', amount: 3 },
    ];
    expect(decide('query', { charges }).charges).toEqual([{ counter: 'custom/rows', amount: 5 }]);
    expect(decide('pay', { charges })).not.toHaveProperty('charges');
  });

  test('of nothing charge nothing', () => {
    expect(decide('query', { charges: [{ counter: 'rows', amount: 0 }] }).charges).toEqual([]);
  });

  test('go to the counter that the call itself names', () => {
    const charges = [{ counter: 'accounts', amount: 1 }];
    expect(decide('query', { charges, account: 'x' }).charges).toEqual([
      { counter: 'custom/accounts', amount: 1 },
    ]);
    expect(decide('query', { charges })).toMatchObject({ outcome: 'deny', rule: 'custom-broken' });
  });
});

describe('members that break the contract deny', () => {
  test.each([
    ['a text', { deny: ['no'] }, 'gave a denial that is no object'],
    ['no rule', { deny: [{ msg: 'no' }] }, 'has no "rule"'],
    ['a message that is no text', { deny: [{ rule: 'a', msg: 5 }] }, 'has no "msg"'],
    [
      'an approval that is a text',
      { require_approval: ['ask'] },
      'gave a request for an approval that is no object',
    ],
    [
      'a slip in an approval',
      { require_approval: [{ rule: 'a', msg: 'b', aprovals: 2 }] },
      'a key that the contract',
    ],
    [
      'a timeout that is none',
      { require_approval: [{ rule: 'a', msg: 'b', timeout: 'soon' }] },
      'no duration',
    ],
    ['no humans', { require_approval: [{ rule: 'a', msg: 'b', approvals: 0 }] }, 'no whole number'],
    ['an undeclared counter', { charges: [{ counter: 'x', amount: 1 }] }, 'does not declare'],
    ['a negative amount', { charges: [{ counter: 'rows', amount: -1 }] }, 'no whole number of at least 0'],
    ['a fraction', { charges: [{ counter: 'rows', amount: 0.5 }] }, 'no whole number of at least 0'],
    ['a text as amount', { charges: [{ counter: 'rows', amount: '1' }] }, 'no whole number of at least 0'],
    [
      'an amount that fills the counter',
      { charges: [{ counter: 'rows', amount: 9007199254740991 }] },
      'is full',
    ],
  ])('%s', (_, args, told) => {
    const { outcome, rule, reason } = decide('query', args);
    expect([outcome, rule]).toEqual(['deny', 'custom-broken']);
    expect(reason).toContain('regent.custom.puppet');
    expect(reason).toContain(told);
  });

  test('and so does a module that contradicts itself, which ends the evaluation', () => {
    expect(() => decide('query', { conflict: true })).toThrow(/could not be evaluated: .*conflict/);
    expect(decide('query', {}).outcome).toBe('allow');
  });
});
