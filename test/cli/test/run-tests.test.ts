// Cases through the sidecar's own judge, state and approvals: what passes, what fails, and how a failure is told.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { runTree, statuses, testsOf } from './write-tree.ts';

// Each run starts OPA's processes, which take long on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const FINANCE = readFileSync(
  path.resolve(import.meta.dirname, '../../../policies/finance/policy.yaml'),
  'utf8',
);

const SEQUENCES = `agents: {bot: {id: payments-bot}}
calls:
  pay: {tool: create_payment, arguments: {amount: 500, currency: USD}}
  close: {tool: close_account, arguments: {account_id: acc-1}}
cases:
  - name: lets 60 calls through in a minute, and more a minute later
    steps:
      - {tool: get_balance, repeat: 60, outcome: allow}
      - {tool: get_balance, outcome: deny, rule: get_balance/#1}
      - {after: 59s, tool: get_balance, outcome: deny}
      - {after: 1s, tool: get_balance, outcome: allow}
  - name: spends 4990 and not 20 more until tomorrow
    at: 2026-11-22T23:59:00Z
    steps:
      - {call: pay, with: {amount: 499}, repeat: 10, outcome: allow}
      - {call: pay, with: {amount: 20}, outcome: deny, violations: [create_payment/per-call-cap]}
      - {call: pay, with: {amount: 10}, outcome: allow, charges: {"main/create_payment/:per-call-cap/spend/day": 1000}}
      - {after: 1m, call: pay, with: {amount: 20}, outcome: allow}
  - name: begins with what earlier calls have spent, until that day is over
    at: 2026-11-22T12:00:00Z
    counters: {"main/create_payment/:per-call-cap/spend/day": 499999}
    steps:
      - {call: pay, with: {amount: 0.02}, outcome: deny}
      - {call: pay, with: {amount: 0.01}, outcome: allow}
      - {at: 2026-11-23, call: pay, outcome: allow}
  - name: begins empty, whatever the case before has spent
    call: pay
    outcome: allow
  - name: lets a call through once when somebody agreed
    agent: bot
    steps:
      - {call: close, outcome: require_approval, rule: close_account/require-human}
      - {call: close, approved_by: [alice], outcome: allow}
      - {call: close, outcome: require_approval}
  - name: holds again what nobody used in time
    agent: bot
    steps:
      - {call: close, outcome: require_approval}
      - {after: 31m, call: close, outcome: require_approval}
`;

test('time passes, counters roll over, people approve, and no case sees another', async () => {
  const run = await runTree({ 'policy.yaml': FINANCE, 'cases.yaml': SEQUENCES });
  expect(run.suites.map(({ problems }) => problems)).toEqual([[]]);
  expect(testsOf(run).flatMap(({ failures }) => failures)).toEqual([]);
  expect(testsOf(run)).toHaveLength(6);
  const decisions = testsOf(run).map((one) => one.decisions.length);
  // A call that somebody approves takes three decisions: it is held, comes again, and is let through.
  expect(decisions).toEqual([63, 13, 3, 1, 5, 2]);
  expect(JSON.parse(testsOf(run)[4]?.decisions[3]?.input ?? '')).toMatchObject({
    agent: { id: 'payments-bot' },
    approval: { approvers: ['alice'] },
  });
});

test('both evaluators know the multiples of a cent', async () => {
  const policy =
    'version: "1"\ntools:\n  pay: {rules: [{name: cents, arguments: {amount: {multipleOf: 0.01}}}]}\n';
  const cases = ['0.15', '0.3', '0.60', '1.05', '2.1', '-2.36'].map(
    (amount) => `- {name: "${amount}", tool: pay, arguments: {amount: ${amount}}, outcome: allow}`,
  );
  const finer = '- {name: finer, tool: pay, arguments: {amount: 2.105}, outcome: deny, rule: pay/cents}';
  const run = await runTree({ 'policy.yaml': policy, 'cases.yaml': [...cases, finer].join('\n') });
  expect(testsOf(run)).toHaveLength(7);
  expect(testsOf(run).flatMap(({ failures }) => failures)).toEqual([]);
});

test('cases that leave calls waiting keep no later case from asking people', async () => {
  const waiting = Array.from(
    { length: 25 },
    (_, at) => `- {name: w${at}, tool: close_account, arguments: {id: ${at}}, outcome: require_approval}`,
  );
  const asked = '- {name: asked, tool: close_account, approved_by: [alice], outcome: allow}';
  const run = await runTree({ 'policy.yaml': FINANCE, 'cases.yaml': [...waiting, asked].join('\n') });
  expect(testsOf(run).flatMap(({ failures }) => failures)).toEqual([]);
});

test('a policy with another limit makes exactly the cases fail that rest on it', async () => {
  const doctored = FINANCE.replace('daily: 5000.00', 'daily: 5000.01').replace('60/minute', '61/minute');
  expect(doctored).not.toBe(FINANCE);
  const run = await runTree({ 'policy.yaml': doctored, 'cases.yaml': SEQUENCES });
  expect(statuses(run)).toEqual([
    'lets 60 calls through in a minute, and more a minute later: failed',
    'spends 4990 and not 20 more until tomorrow: passed',
    'begins with what earlier calls have spent, until that day is over: failed',
    'begins empty, whatever the case before has spent: passed',
    'lets a call through once when somebody agreed: passed',
    'holds again what nobody used in time: passed',
  ]);
  expect(testsOf(run)[0]?.failures[0]).toMatchObject({
    kind: 'unexpected',
    calls: 'step 2',
    call: 'get_balance {}',
    mismatches: [
      { field: 'outcome', expected: 'deny', actual: 'allow' },
      { field: 'rule', expected: 'get_balance/#1', actual: 'none' },
    ],
  });
});

describe('a call that is not as expected', () => {
  const cases = (text: string): Promise<ReturnType<typeof testsOf>> =>
    runTree({ 'policy.yaml': FINANCE, 'cases.yaml': text }).then(testsOf);

  test('is told with every field that differs, the rule and its place', async () => {
    const [only] = await cases(`- name: a
  tool: create_payment
  arguments: {amount: 1, currency: JPY}
  outcome: allow
  rule: a/b
  reason: because
  violations: []
  charges: {x: 1}
`);
    const [failure] = only?.failures ?? [];
    expect(failure).toMatchObject({
      call: 'create_payment {"amount":1,"currency":"JPY"}',
      mismatches: [
        { field: 'outcome', expected: 'allow', actual: 'deny' },
        { field: 'rule', expected: 'a/b', actual: 'create_payment/validate-currency' },
        { field: 'reason', expected: 'because', actual: 'currency must be one of GBP, USD, EUR' },
        { field: 'violations', expected: 'none', actual: 'create_payment/validate-currency' },
        { field: 'charges', expected: 'x: 1', actual: 'none' },
      ],
      decided: { position: { line: 21, column: 9 } },
    });
  });

  test('is told once where it is made again and again', async () => {
    const [only] = await cases(`- {name: a, tool: get_balance, repeat: 70, outcome: allow}`);
    expect(only?.failures).toMatchObject([{ calls: 'calls 61 to 70 of 70' }]);
  });

  test('is no success because nobody could approve it', async () => {
    const [never, twice] = await cases(`- {name: a, tool: get_balance, approved_by: [alice], outcome: allow}
- {name: b, tool: close_account, approved_by: [alice, alice], outcome: allow}
`);
    expect(never?.failures).toMatchObject([
      { kind: 'note', message: 'get_balance {}: the call was not held, so nobody could approve it' },
    ]);
    expect(twice?.failures).toMatchObject([
      { kind: 'note', message: expect.stringContaining('alice has approved it already') },
      { kind: 'unexpected' },
    ]);
  });
});

test('cases that the policies do not fit are problems; the others run', async () => {
  const { suites } = await runTree({
    'a.policy.yaml': 'version: "1"\nserver: bank\ntools: {pay: {rules: [{rate_limit: 5/day}]}}\n',
    'b.policy.yaml': 'version: "1"\nserver: shop\ntools: {buy: {rules: []}}\n',
    'cases.yaml': `server: bank
cases:
  - {name: a, tool: pay, outcome: allow}
  - {name: b, server: shop, tool: buy, outcome: allow}
  - {name: c, server: bnak, tool: pay, outcome: allow}
  - {name: d, tool: pay, counters: {bank/pay/rate_limit/dya: 5}, outcome: deny}
  - {name: e, tool: pay, counters: {bank/pay/rate_limit/day: 5}, outcome: deny}
`,
    'none.cases.yaml': '- {name: f, tool: pay, outcome: allow}\n',
  });
  expect(suites.map(({ policies }) => policies.map((file) => path.basename(file)))).toEqual([
    ['a.policy.yaml', 'b.policy.yaml'],
  ]);
  const [{ tests, problems, notRun } = { tests: [], problems: [], notRun: 0 }] = suites;
  expect(tests.map(({ name, status }) => [name, status])).toEqual([
    ['a', 'passed'],
    ['b', 'passed'],
    ['e', 'passed'],
  ]);
  expect(notRun).toBe(3);
  expect(problems.map((problem) => formatDiagnostic(problem).replace(/^\S*\//, ''))).toEqual([
    'cases.yaml:5:23 unknown-server  the policies have no server "bnak"; did you mean "bank"?',
    'cases.yaml:6:37 unknown-counter  no rule keeps a counter "bank/pay/rate_limit/dya"; did you mean "bank/pay/rate_limit/day"?',
    'none.cases.yaml:1:3 unknown-server  the policies name several servers (bank, shop); say which under server',
  ]);
});

test('a policy that does not compile fails, and others are tested all the same', async () => {
  const { suites } = await runTree({
    'bad/policy.yaml': 'version: "1"\nhiden: [a]\n',
    'bad/cases.yaml': '- {name: a, tool: x, outcome: deny}\n',
    'bad/policy_test.rego': 'package bad_test\n\ntest_a if true\n',
    'good/policy.yaml': FINANCE,
    'good/cases.yaml': '- {name: b, tool: x, outcome: deny}\n',
  });
  expect(suites.map(({ problems, notRun }) => [problems.map(({ code }) => code), notRun])).toEqual([
    [['unknown-key'], 1],
    [[], 0],
  ]);
  expect(statuses({ suites })).toEqual(['b: passed']);
});

describe('Rego tests', () => {
  const CALL = '{"version": 1, "server": "main", "tool": "x", "agent": {"id": "a", "claims": {}}}';

  test('see the Rego of the policy beside them, and what lies beside them', async () => {
    const run = await runTree({
      'policy.yaml': FINANCE,
      'lib.rego': `package lib\n\ncall := ${CALL}\n`,
      'policy_test.rego': `package policy_test

test_unlisted if data.regent.gateway.decision.rule == "default-deny" with input as data.lib.call

test_wrong if data.regent.gateway.decision.outcome == "allow" with input as data.lib.call
`,
    });
    expect(statuses(run)).toEqual(['policy_test.test_unlisted: passed', 'policy_test.test_wrong: failed']);
    expect(testsOf(run)[1]).toMatchObject({ position: { line: 5 }, failures: [{ kind: 'note' }] });
  });

  test('run without a policy, and their errors have places', async () => {
    const run = await runTree({
      'a/a_test.rego': 'package a_test\n\ntest_b if data.b.yes\n',
      'b.rego': 'package b\n\nyes := true\n',
    });
    expect(statuses(run)).toEqual(['a_test.test_b: passed']);
    const broken = await runTree({ 'a_test.rego': 'package a_test\n\ntest_b if nonsense(1)\n' });
    const [{ problems } = { problems: [] }] = broken.suites;
    expect(problems).toMatchObject([{ code: 'rego_type_error', position: { line: 3, column: 11 } }]);
  });
});

test('only the tests whose names are asked for are run', async () => {
  const run = await runTree({ 'policy.yaml': FINANCE, 'cases.yaml': SEQUENCES }, { filter: /begins/ });
  expect(statuses(run)).toEqual([
    'begins with what earlier calls have spent, until that day is over: passed',
    'begins empty, whatever the case before has spent: passed',
  ]);
});
