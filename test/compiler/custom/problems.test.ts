// What is wrong with hand-written Rego: all of it at once, with the YAML's own problems, each at its place.
import { expect, test } from 'vitest';
import { problemsOf, QUERY_POLICY } from './compile-custom.ts';

const HEAD = 'package regent.custom.rules\n\n';

test('problems of the YAML and of every module are told at once, in file order', async () => {
  const text = `${QUERY_POLICY.replace('window: day, per: agent', 'window: dya')}hiden: [a]\n`;
  const problems = await problemsOf(text, {
    'a.rego': `${HEAD}now := time.now_ns()\n`,
    'b.rego': `package elsewhere\n\ndeny := true\n`,
    'c.rego': `${HEAD}deny contains {"rule": "a/b", "msg": "no"}\n`,
  });
  expect(problems).toEqual([
    'policy.yaml:4:18 bad-value  "dya" is not one of second, minute, hour, day, week, month (counters.rows.window); did you mean "day"?',
    'policy.yaml:8:1 unknown-key  "hiden" is not a key here; did you mean "hide"?',
    'rules/a.rego:3:8 rego-function  policies do not have the function time.now_ns; read input.clock (unix, date, weekday, minute_of_day) instead',
    'rules/b.rego:1:1 rego-package  the package elsewhere is not under regent.custom; begin it with regent.custom, such as regent.custom.budget',
    'rules/b.rego:3:1 rego-contract  deny must be a set: write deny contains {"rule", "msg"} if { … }; see docs/custom-rego.md',
    'rules/c.rego:3:15 rego-contract  a member of deny has a "rule" that is empty or holds a slash; see docs/custom-rego.md',
  ]);
});

const FUNCTIONS: ReadonlyArray<readonly [call: string, advice: string]> = [
  ['http.send({"method": "GET", "url": "https://example.com"})', 'a decision reads its input alone'],
  ['net.lookup_ip_addr("example.com")', 'a decision reads its input alone'],
  ['opa.runtime()', 'a decision reads its input alone'],
  ['time.parse_rfc3339_ns("2026-01-01T00:00:00Z")', 'read input.clock'],
  ['rand.intn("x", 5)', 'equal calls get equal decisions'],
  ['uuid.rfc4122("x")', 'equal calls get equal decisions'],
  ['io.jwt.decode("x")', 'input.agent.claims'],
  ['crypto.sha256("x")', 'crypto.sha256'],
  ['trace("x")', 'regent eval'],
  ['print("x")', 'regent eval'],
  ['sprintf("%d", [1])', 'template string'],
];

test('functions of the clock, the network, chance and the environment are refused, each at its place', async () => {
  const modules = Object.fromEntries(
    FUNCTIONS.map(([call], index) => [`f${index + 10}.rego`, `${HEAD}r${index} if {\n\t${call}\n}\n`]),
  );
  const problems = await problemsOf(QUERY_POLICY, modules);
  expect(problems).toEqual(
    FUNCTIONS.map(([, advice], index) =>
      expect.stringMatching(
        new RegExp(`^rules/f${index + 10}\\.rego:4:2 rego-function .*${advice.replaceAll('.', '\\.')}`),
      ),
    ),
  );
});

test('a module that is no Rego, or that OPA does not accept, is told with its place', async () => {
  expect(await problemsOf(QUERY_POLICY, { 'a.rego': `${HEAD}deny contains x if {\n` })).toEqual([
    expect.stringMatching(/^rules\/a\.rego:4:\d+ rego-syntax /),
  ]);
  const module = `${HEAD}unused if {\n\tx := 1\n}\n\nwrong := lower(5)\n\nopen := y\n`;
  const problems = await problemsOf(QUERY_POLICY, { 'a.rego': module });
  expect(problems.join('\n')).toMatch(/^rules\/a\.rego:\d+:\d+ rego-error /m);
});

test('data that nothing defines is refused: a rule that rests on it would never deny', async () => {
  const module = `${HEAD}deny contains {"rule": "a", "msg": "no"} if input.tool in data.blocked.tools\n`;
  expect(await problemsOf(QUERY_POLICY, { 'a.rego': module })).toEqual([
    'rules/a.rego:3:59 rego-reference  nothing defines data.blocked.tools',
  ]);
});

test('what the gateway decides is no ground for a rule that it reads', async () => {
  const module = `${HEAD}import data.regent.gateway\n\ndeny contains {"rule": "a", "msg": "no"} if gateway.decision.outcome == "allow"\n`;
  expect(await problemsOf(QUERY_POLICY, { 'a.rego': module })).toEqual([
    'rules/a.rego:5:45 rego-reference  hand-written rules cannot read data.regent.gateway.decision.outcome, which reads them',
  ]);
});

const CONTRACT: ReadonlyArray<readonly [rule: string, told: string]> = [
  ['deny if input.tool', 'deny must be a set'],
  ['deny := {"a"}', 'deny must be a set'],
  ['default deny := false', 'deny must be a set'],
  ['deny[x] := 1 if x := input.tool', 'deny must be a set'],
  ['deny contains "no"', 'an object with "rule" and "msg", not "no"'],
  ['deny contains {"rule": "a"}', 'lacks "msg"'],
  ['deny contains {"msg": "a"}', 'lacks "rule"'],
  ['require_approval contains {"rule": "a", "msg": "b", "timeut": "5m"}', 'has no key "timeut"'],
  ['charges contains {"counter": "rows"}', 'lacks "amount"'],
  ['charges contains {"counter": "rows", "amount": 1, "per": "x"}', 'has no key "per"'],
];

test('rules that break the contract for all to see are refused', async () => {
  const modules = Object.fromEntries(
    CONTRACT.map(([rule], index) => [`c${index + 10}.rego`, `package regent.custom.c${index}\n\n${rule}\n`]),
  );
  const problems = await problemsOf(QUERY_POLICY, modules);
  const contract = problems.filter((line) => line.includes(' rego-contract '));
  expect(contract).toEqual(
    CONTRACT.map(([, told], index) =>
      expect.stringMatching(new RegExp(`^rules/c${index + 10}\\.rego:3:.*${told}`)),
    ),
  );
});

test('counters that the policy does not declare are told where they are named', async () => {
  const module = `${HEAD}deny contains {"rule": "a", "msg": "no"} if input.state.counters["custom/rwos"] > 5\n\ncharges contains {"counter": "calls", "amount": 1}\n`;
  expect(await problemsOf(QUERY_POLICY, { 'a.rego': module })).toEqual([
    'rules/a.rego:3:66 unknown-counter  the policy declares no counter "rwos" under counters; did you mean "rows"?',
    'rules/a.rego:5:30 unknown-counter  the policy declares no counter "calls" under counters; known here: rows, accounts',
  ]);
});

test('counters without Rego, twice, or under a bad name are told', async () => {
  const text = 'version: "1"\ncounters:\n  rows: {window: day}\n  "a b": {window: day}\n  calls: {}\n';
  expect(await problemsOf(text, {})).toEqual([
    'policy.yaml:3:3 contradiction  counters are for hand-written Rego, and there is none (counters.rows); name it with rego, or count with state in a rule',
    'policy.yaml:4:3 bad-name  "a b" is no counter name (counters["a b"]); counter names are made of A-Z a-z 0-9 _ and -',
    'policy.yaml:5:10 missing-key  "window" is missing here (counters.calls)',
  ]);
});
