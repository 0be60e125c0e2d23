// Coverage: a rule is exercised by stopping a call, whichever way; Rego by being evaluated, in whichever process.
import { describe, expect, test, vi } from 'vitest';
import { coverRego } from '../../../src/cli/test/coverage/cover-rego.ts';
import { isExercised, meetsThreshold, shareOfRego } from '../../../src/cli/test/coverage/coverage.ts';
import type { TestRun } from '../../../src/cli/test/test-result.ts';
import { runTree } from './write-tree.ts';

vi.setConfig({ testTimeout: 120_000 });

const POLICY = `version: "1"
server: bank
tools:
  pay:
    rules: &both
      - {name: cap, spend: {per_call: 500}}
      - {name: kinds, mode: shadow, arguments: {kind: {enum: [a, b]}}}
  refund: {rules: *both}
  close:
    rules:
      - {name: ask, action: require_approval}
      - {name: second, action: require_approval, approvals: 2, when: [{path: args.big, op: eq, value: true}]}
  drop:
    rules: [{name: never, action: deny}]
  visit:
    rules: [{state: {counter: seen, window: day}}]
  "del_*":
    rules: [{name: glob, rate_limit: 5/day}]
  "*":
    rules: [{name: all, rate_limit: 100/day}]
`;

function rulesOf({ coverage }: TestRun): Record<string, readonly [number | null, number | null, number]> {
  const rules = coverage?.rules ?? [];
  return Object.fromEntries(
    rules.map(({ rule, position, stopped, passed }) => [rule, [stopped, passed, position.line]]),
  );
}

const CASES = `server: bank
cases:
  - {name: a, tool: pay, arguments: {amount: 501, kind: a}, outcome: deny, shadow: []}
  - {name: b, tool: pay, arguments: {amount: 1, kind: c}, outcome: allow, shadow: [pay/kinds]}
  - {name: c, tool: refund, arguments: {amount: 1, kind: a}, outcome: allow}
  - {name: d, tool: close, outcome: require_approval}
  - {name: e, tool: close, approved_by: [alice], outcome: allow}
  - {name: f, tool: drop, outcome: deny}
  - {name: g, tool: visit, outcome: allow}
  - {name: h, tool: del_one, repeat: 5, outcome: allow}
  - {name: i, tool: other, outcome: deny, rule: default-deny}
  - {name: j, tool: other, repeat: 2, outcome: deny}
`;

test('rules are told by id and line, with what they stopped and what came past them', async () => {
  const run = await runTree(
    { 'policy.yaml': POLICY, 'cases.yaml': CASES },
    { coverage: { threshold: null } },
  );
  expect(run.suites.map(({ tests }) => tests.flatMap(({ failures }) => failures))).toEqual([[]]);
  expect(rulesOf(run)).toEqual({
    'pay/cap': [1, 1, 6],
    'pay/kinds': [1, 1, 7],
    // The rules of an alias stand where its anchor does.
    'refund/cap': [0, 1, 6],
    'refund/kinds': [0, 1, 7],
    // Held, held again, asked once more after the approval: three times. Once it was let through.
    'close/ask': [expect.any(Number), 1, 11],
    'close/second': [0, 1, 12],
    'drop/never': [1, null, 14],
    // It only counts.
    'visit/#1': [null, 1, 16],
    'del_*/glob': [0, 5, 18],
    // Whatever the policy does not list never comes to its rules.
    '*/all': [0, expect.any(Number), 20],
  });
  const idle = run.coverage?.rules.filter((rule) => !isExercised(rule)).map(({ rule }) => rule);
  expect(idle).toEqual(['refund/cap', 'refund/kinds', 'close/second', 'del_*/glob', '*/all']);
  expect(meetsThreshold(run.coverage && { ...run.coverage, threshold: 50 })).toBe(true);
  expect(meetsThreshold(run.coverage && { ...run.coverage, threshold: 50.1 })).toBe(false);
});

test('a policy that two suites test is covered by both; nothing is counted unless asked for', async () => {
  const tree = {
    'a.policy.yaml': POLICY,
    'b.policy.yaml': 'version: "1"\nserver: shop\ntools: {buy: {rules: []}}\n',
    'a.cases.yaml': '- {name: a, tool: pay, arguments: {amount: 501}, outcome: deny}\n',
    'both.cases.yaml':
      'server: bank\npolicy: [a.policy.yaml, b.policy.yaml]\ncases: [{name: b, tool: drop, outcome: deny}]\n',
  };
  const run = await runTree(tree, { coverage: { threshold: null } });
  expect(run.suites).toHaveLength(2);
  expect(rulesOf(run)).toMatchObject({ 'pay/cap': [1, 0, 6], 'drop/never': [1, null, 14] });
  expect(Object.keys(rulesOf(run))).toHaveLength(10);
  expect((await runTree({ 'policy.yaml': POLICY })).coverage).toBeNull();
});

describe('Rego', () => {
  const at = (row: number) => ({ start: { row, col: 2 }, end: { row, col: 9 } });

  test('is covered where any process covered it; the library is left out', () => {
    const parts = [
      { path: 'b.rego', covered: [at(1)], notCovered: [at(2), at(3)] },
      { path: 'lib.rego', covered: [], notCovered: [at(1)] },
      { path: 'b.rego', covered: [at(1), at(3)], notCovered: [at(2)] },
      { path: 'a.rego', covered: [at(4)], notCovered: [] },
    ];
    const rego = coverRego(['p.yaml'], parts, new Set(['lib.rego']));
    expect(rego).toEqual([
      { policies: ['p.yaml'], path: 'a.rego', covered: 1, notCovered: [] },
      { policies: ['p.yaml'], path: 'b.rego', covered: 2, notCovered: [{ line: 2, column: 2 }] },
    ]);
    expect(shareOfRego(rego)).toEqual({ reached: 3, all: 4, percent: 75 });
  });

  test('of a policy is covered by its cases and by its Rego tests together', async () => {
    const call = '{"version": 1, "server": "bank", "tool": "drop", "agent": {"id": "a", "claims": {}}}';
    const tree = {
      'policy.yaml': POLICY,
      'cases.yaml': '- {name: a, tool: pay, arguments: {amount: 501, kind: a}, outcome: deny}\n',
      'policy_test.rego': `package policy_test\n\ntest_drop if data.regent.gateway.decision.outcome == "deny" with input as ${call}\n`,
    };
    const { coverage } = await runTree(tree, { coverage: { threshold: null } });
    const missed = new Map(
      coverage?.rego.map(({ path, notCovered }) => [path, notCovered.map(({ line }) => line)]),
    );
    expect([...missed.keys()].filter((path) => !/^regent\/(tools|globs|servers)\//.test(path))).toEqual([]);
    // Of this tool only the Rego test knows; the last line is asked for by tools/list alone.
    expect(missed.get('regent/tools/bank/drop.rego')).toEqual([22, 22]);
    expect(missed.get('regent/tools/bank/refund.rego')?.length).toBeGreaterThan(5);
  });
});
