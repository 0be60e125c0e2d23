// Coverage: a rule is exercised by stopping a call, whichever way; Rego by being evaluated, in whichever process.
import { describe, expect, test, vi } from 'vitest';
import { coverRego } from '../../../src/cli/test/coverage/cover-rego.ts';
import { isExercised, meetsThreshold, shareOfRego } from '../../../src/cli/test/coverage/coverage.ts';
import type { TestRun } from '../../../src/cli/test/test-result.ts';
import { runTree, testsOf } from './write-tree.ts';

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

describe('of hand-written Rego', () => {
  const MAIL = `package regent.custom.mail

deny contains {"rule": "recipients", "msg": "too many"} if count(input.arguments.to) > 3

# The first rule under a name speaks for both.
deny contains {"rule": "recipients", "msg": "nobody"} if input.arguments.to == []

require_approval contains {"rule": "strangers", "msg": "ask"} if "stranger" in input.arguments.to

deny contains {"rule": "never", "msg": "never"} if input.arguments.never == true

deny contains {"rule": rule, "msg": "its name is computed"} if rule := input.arguments.rule
`;
  const TREE = {
    'p/policy.yaml':
      'version: "1"\nserver: desk\nrego: [../rules]\ntools: {send: {rules: []}, look: {rules: []}}\n',
    'p/cases.yaml': `- {name: a, tool: send, arguments: {to: [a, b, c, d]}, outcome: deny, rule: "custom:recipients"}
- {name: b, tool: send, arguments: {to: []}, outcome: deny, rule: "custom:recipients"}
- {name: c, tool: send, arguments: {to: [stranger]}, outcome: require_approval, rule: "custom:strangers"}
- {name: d, tool: send, arguments: {to: [a]}, outcome: allow}
- {name: e, tool: send, arguments: {rule: hm}, outcome: deny, rule: "custom:hm"}
- {name: f, tool: other, arguments: {never: true}, outcome: deny, rule: default-deny}
`,
    'rules/deep/mail.rego': MAIL,
    'rules/deep/mail_test.rego':
      'package regent.custom.mail_test\n\ntest_never if data.regent.custom.mail.deny with input as {"arguments": {"never": true}}\n',
  };

  test('rules are told by the names that decisions give them, where they are written', async () => {
    const run = await runTree(TREE, { coverage: { threshold: 100 } });
    expect(run.suites.map(({ tests }) => tests.flatMap(({ failures }) => failures))).toEqual([[], []]);
    expect(rulesOf(run)).toEqual({
      'custom:recipients': [2, 1, 3],
      'custom:strangers': [1, 1, 8],
      'custom:never': [0, 1, 10],
    });
    const files = run.coverage?.rules.map(({ position }) => position.file.replace(/^.*regent-tree-\w+/, ''));
    expect(new Set(files)).toEqual(new Set(['/rules/deep/mail.rego']));
    expect(meetsThreshold(run.coverage)).toBe(false);
  });

  test('modules are told by their files, and covered by expression; what joins them to the policy is left out', async () => {
    const { coverage } = await runTree(TREE, { coverage: { threshold: null } });
    const shown = (path: string): string => path.replace(/^.*regent-tree-\w+/, '');
    expect(coverage?.rego.map(({ path }) => shown(path))).toEqual([
      '/rules/deep/mail.rego',
      'regent/servers/desk.rego',
      'regent/tools/desk/look.rego',
      'regent/tools/desk/send.rego',
    ]);
    // The cases leave out one line, and the Rego test beside the module, which no policy is near, comes there.
    expect(coverage?.rego[0]).toMatchObject({ notCovered: [], covered: expect.any(Number) });
    expect(coverage?.rego[0]?.policies.map(shown)).toEqual(['/p/policy.yaml']);
    const { 'rules/deep/mail_test.rego': _, ...untested } = TREE;
    const alone = await runTree(untested, { coverage: { threshold: null } });
    expect(alone.coverage?.rego[0]?.notCovered.map(({ line }) => line)).toEqual([10, 10]);
  });

  test('a case that fails points at the rule that decided', async () => {
    const cases = '- {name: a, tool: send, arguments: {to: []}, outcome: allow}\n';
    const { suites } = await runTree({ ...TREE, 'p/cases.yaml': cases });
    const [failure] = testsOf({ suites })[0]?.failures ?? [];
    expect(failure).toMatchObject({
      decided: {
        position: { file: expect.stringMatching(/\/rules\/deep\/mail\.rego$/), line: 3, column: 1 },
      },
    });
  });
});

describe('Rego', () => {
  const at = (row: number) => ({ start: { row, col: 2 }, end: { row, col: 9 } });

  test('is covered where any process covered it', () => {
    const parts = [
      { path: 'b.rego', covered: [at(1)], notCovered: [at(2), at(3)] },
      { path: 'b.rego', covered: [at(1), at(3)], notCovered: [at(2)] },
      { path: 'a.rego', covered: [at(4)], notCovered: [] },
    ];
    const rego = coverRego(['p.yaml'], parts);
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
