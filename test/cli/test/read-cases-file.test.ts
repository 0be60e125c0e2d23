// Cases files: what they mean, and every problem with its place.
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { readCasesFile } from '../../../src/cli/test/cases/read-cases-file.ts';
import { printJson } from '../../../src/policy/arguments/json-node.ts';

function problemsOf(text: string): string[] {
  return readCasesFile('cases.yaml', text).diagnostics.map(formatDiagnostic);
}

function onlyCase(text: string) {
  const { file, diagnostics } = readCasesFile('cases.yaml', text);
  expect(diagnostics).toEqual([]);
  const [first] = file.cases;
  if (first === undefined) throw new Error('there is no case');
  return first;
}

const FIXTURES = `agents: {bot: {id: payments-bot, claims: {team: a, level: 1.50}}, eve: {}}
calls: {pay: {tool: create_payment, arguments: {amount: 100.00, currency: USD}}}
cases:
`;

describe('the meaning of a case', () => {
  test('the simple form is one call by nobody, on a Monday at noon', () => {
    const { name, atMs, steps } = onlyCase('- {name: a, tool: pay, outcome: deny, rule: pay/cap}');
    expect([name, new Date(atMs).toISOString()]).toEqual(['a', '2026-01-05T12:00:00.000Z']);
    expect(steps).toMatchObject([
      {
        call: { tool: 'pay', session: 'test', agent: { id: 'anonymous', claims: '{}' } },
        time: null,
        repeat: 1,
        approvedBy: [],
        expected: { outcome: 'deny', rule: 'pay/cap' },
      },
    ]);
  });

  test('numbers in arguments and claims keep every digit', () => {
    const { steps } = onlyCase(
      '- {name: a, agent: {id: x, claims: {n: 1.50}}, tool: t, arguments: {a: 500.00, b: 9007199254740993, c: [1e2]}, outcome: allow}',
    );
    const [{ call } = { call: null }] = steps;
    expect(printJson(call?.arguments ?? null)).toBe('{"a":500.00,"b":9007199254740993,"c":[1e2]}');
    expect(call?.agent.claims).toBe('{"n":1.50}');
  });

  test.each([
    [
      'a text of many characters',
      'arguments: {a: {$repeat: ab, times: 3}, b: [{$repeat: "", times: 9}]}',
      '{"a":"ababab","b":[""]}',
    ],
    [
      'arguments as a client sends them',
      `arguments_json: '{"a": 1E2, "$repeat": [-0.0], "b": "\\u00e9"}'`,
      '{"a":1E2,"$repeat":[-0.0],"b":"é"}',
    ],
  ])('%s', (_, keys, json) => {
    const { steps } = onlyCase(`- {name: a, tool: t, ${keys}, outcome: allow}`);
    expect(printJson(steps[0]?.call.arguments ?? null)).toBe(json);
  });

  test('the shadow rules that it expects may be none', () => {
    const { steps } = onlyCase('- {name: a, tool: t, outcome: allow, shadow: []}');
    expect(steps[0]?.expected).toEqual({ outcome: 'allow', shadow: [] });
  });

  test.each([
    ['{$repeat: a}', '1:37 bad-value  $repeat stands beside times, and nothing else'],
    ['{$repeat: a, times: 2, x: 1}', '1:37 bad-value  $repeat stands beside times, and nothing else'],
    ['{$repeat: 1, times: 2}', '1:47 wrong-type  1 stands where a text is expected'],
    ['{$repeat: a, times: -1}', '1:57 bad-value  -1 is not a whole number of at least 0'],
    ['{$repeat: ab, times: 500001}', '1:58 bad-value  a text of 1000002 characters is more than 1000000'],
  ])('a text written as %s is a problem', (text, problem) => {
    const problems = problemsOf(`- {name: a, tool: t, arguments: {a: ${text}}, outcome: allow}`);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test.each([
    [`arguments_json: '{"a":1,"a":2}'`, 'is no JSON object: '],
    ["arguments_json: '[1]'", 'is no JSON object: it is no object'],
    ["arguments_json: '{}', arguments: {}", 'arguments and arguments_json cannot both be meant'],
    [
      'arguments: {$repeat: a, times: 2}',
      'a mapping stands where a mapping of names, not a text, is expected',
    ],
  ])('%s is a problem', (keys, problem) => {
    expect(problemsOf(`- {name: a, tool: t, ${keys}, outcome: allow}`)).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  test.each([
    ['a call as it stands', 'call: pay', '{"amount":100.00,"currency":"USD"}'],
    [
      'with replaces and adds',
      'call: pay, with: {amount: 0.01, to: bob}',
      '{"amount":0.01,"currency":"USD","to":"bob"}',
    ],
    ['without leaves out', 'call: pay, without: [currency]', '{"amount":100.00}'],
  ])('%s', (_, keys, json) => {
    const { steps } = onlyCase(`${FIXTURES}  - {name: a, ${keys}, outcome: allow}`);
    expect(printJson(steps[0]?.call.arguments ?? null)).toBe(json);
  });

  test('what stands beside steps holds for all of them, and a step says otherwise', () => {
    const { atMs, steps } = onlyCase(`${FIXTURES}  - name: a
    agent: bot
    session: s1
    at: 2026-11-22T15:04:00Z
    steps:
      - {call: pay, repeat: 3, outcome: allow}
      - {after: 1h30m, call: pay, agent: eve, session: s2, outcome: allow}
      - {at: 2026-11-23, call: pay, approved_by: [alice, bob], outcome: allow, charges: {c: 0, d: 5}}`);
    expect(atMs).toBe(Date.UTC(2026, 10, 22, 15, 4));
    expect(steps.map(({ call }) => [call.agent, call.session])).toEqual([
      [{ id: 'payments-bot', claims: '{"team":"a","level":1.50}' }, 's1'],
      [{ id: 'eve', claims: '{}' }, 's2'],
      [{ id: 'payments-bot', claims: '{"team":"a","level":1.50}' }, 's1'],
    ]);
    expect(steps.map(({ time }) => time)).toEqual([
      null,
      { afterMs: 5_400_000 },
      { atMs: Date.UTC(2026, 10, 23) },
    ]);
    expect(steps.map(({ repeat, approvedBy }) => [repeat, approvedBy])).toEqual([
      [3, []],
      [1, []],
      [1, ['alice', 'bob']],
    ]);
    expect(steps[2]?.expected.charges).toEqual(
      new Map([
        ['c', 0],
        ['d', 5],
      ]),
    );
  });

  test('the server of the file holds where a case names none', () => {
    const { file } = readCasesFile(
      'cases.yaml',
      'server: bank\ncases:\n  - {name: a, tool: t, outcome: deny}\n  - {name: b, server: shop, tool: t, outcome: deny}\n',
    );
    expect(file.cases.map(({ server }) => server?.text)).toEqual(['bank', 'shop']);
  });
});

test('problems are told all at once, in file order, with suggestions', async () => {
  const text = `policy: []
agents: {bot: {ids: x}, "": {}}
calls:
  pay: {arguments: [1]}
  close: {tool: close_account, arguments: {id: 1}}
cases:
  - {name: a, call: close, agent: bto, outcome: allow}
  - {name: a, call: clsoe, with: 1, outcome: allow}
  - {name: b, call: close, tool: t, without: [ids], outcom: deny}
  - {name: c, tool: t, with: {a: 1}, repeat: 0, outcome: maybe, charges: {c: -1}}
  - {name: d, tool: t, outcome: deny, charges: {c: 1}, repeat: 20000}
  - name: e
    tool: t
    at: 2026-02-30T12:00:00Z
    steps:
      - {after: soon, tool: t, outcome: allow}
      - {after: 1s, at: 2026-01-05, tool: t, outcome: allow, approved_by: []}
      - {name: x, outcome: deny}
  - {name: f, steps: []}
  - {name: "", tool: t, outcome: allow}
  - 5
  - {name: g, tool: t, outcome: allow}
  - {name: g, tool: t, outcome: deny}
  - {name: i, tool: "a\\tb", outcome: allow}
  - {name: h, agent: {claims: 1}, tool: t, outcome: allow}
`;
  await expect(`${problemsOf(text).join('\n')}\n`).toMatchFileSnapshot('golden/cases-problems.txt');
});

test.each([
  ['nothing', '# no cases\n', 'empty-file  there are no cases in the file; start with cases:'],
  [
    'a list of nothing',
    '[]\n',
    'wrong-type  an empty list stands where a list of at least one case is expected',
  ],
  ['no cases', 'agents: {}\n', 'missing-key  "cases" is missing here'],
  ['a text', 'hello\n', 'wrong-type  "hello" stands where a mapping is expected'],
])('%s is a problem, not a pass', (_, text, problem) => {
  expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
});
