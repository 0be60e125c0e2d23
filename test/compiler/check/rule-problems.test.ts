// What is wrong with one rule, told by code, place, YAML path and advice.
import { describe, expect, test } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';

/** The problems of `tools.pay.rules[0]`, whose YAML starts at line 5, column 9. */
function problemsOf(rule: string): string[] {
  const text = `version: "1"\ntools:\n  pay:\n    rules:\n      - ${rule.replaceAll('\n', '\n        ')}\n`;
  return readPolicies([{ name: 'p.yaml', text }], {}).diagnostics.map(
    ({ code, position, path, suggestion }) =>
      [
        `${position.line}:${position.column}`,
        code,
        path.replace('tools.pay.rules[0]', '$'),
        suggestion ?? '-',
      ].join(' '),
  );
}

const OPERATORS_OF_DAYS = 'it takes eq, neq, in, not_in, exists';

describe('conditions', () => {
  test.each([
    ['{path: clock.weekday, op: lt, value: 3}', `5:48 contradiction $.conditions[0].op ${OPERATORS_OF_DAYS}`],
    [
      '{path: agent.id, op: gt, value: a}',
      '5:43 contradiction $.conditions[0].op it takes eq, neq, in, not_in, regex, contains, exists',
    ],
    ['{path: clock.date, op: lt, value: 2026-02-30}', '5:56 bad-value $.conditions[0].value -'],
    ['{path: clock.weekday, op: in, value: [Monday]}', '5:59 bad-value $.conditions[0].value -'],
    ['{path: clock.minute_of_day, op: lt, value: 1440}', '5:65 bad-value $.conditions[0].value -'],
    ['{path: args.x, op: "==", value: 1}', '5:41 bad-value $.conditions[0].op did you mean "eq"?'],
    ['{path: args.x, op: matches, value: a}', '5:41 bad-value $.conditions[0].op did you mean "regex"?'],
    ['{path: args.x, op: in, value: []}', '5:52 bad-value $.conditions[0].value -'],
    ['{path: args.x, op: exists, value: 1}', '5:56 bad-value $.conditions[0].value -'],
    ['{path: args.x, op: eq}', '5:22 missing-key $.conditions[0] -'],
    [
      '{path: args.items.0.price, op: eq, value: 1}',
      '5:29 bad-path $.conditions[0].path for every element of a list write [*], as in items[*].price',
    ],
    [
      '{path: clock.hour, op: eq, value: 1}',
      '5:29 bad-path $.conditions[0].path the clock has weekday, minute_of_day, date',
    ],
  ])('%s', (condition, problem) => {
    expect(problemsOf(`conditions: [${condition}]`)).toEqual([problem]);
  });

  test('what is wrong with a path, an operator and a value is told at once', () => {
    expect(problemsOf('conditions: [{path: x, op: regex, value: 5, vlaue: 5}]')).toEqual([
      expect.stringContaining('5:29 bad-path'),
      '5:50 bad-value $.conditions[0].value -',
      '5:53 unknown-key $.conditions[0] did you mean "value"?',
    ]);
  });
});

describe('argument checks', () => {
  test.each([
    ['{type: string, minimum: 1}', '5:39 contradiction $.arguments.x.minimum no value is both'],
    ['{minLength: 1, items: {type: string}}', '5:39 contradiction $.arguments.x.items no value is both'],
    ['{type: string, enum: [1, 2]}', '5:39 contradiction $.arguments.x.enum no value is both'],
    ['{enum: [a, b], const: c}', '5:46 contradiction $.arguments.x.const -'],
    ['{minimum: 5, exclusiveMaximum: 5.0}', '5:55 contradiction $.arguments.x.exclusiveMaximum -'],
    ['{enum: []}', '5:31 contradiction $.arguments.x.enum name at least one value'],
    ['{enum: ["\\ud800"]}', '5:32 bad-value $.arguments.x.enum[0] -'],
    ['{maximum: 010}', '5:34 bad-number $.arguments.x.maximum write it with digits, such as 500.00'],
    ['{type: int}', '5:31 bad-value $.arguments.x.type did you mean "integer"?'],
    ['{allowed_values: [a]}', '5:25 unknown-key $.arguments.x did you mean "enum"?'],
    [
      '{required: true}',
      '5:35 wrong-type $.arguments.x.required an argument that is checked must be there anyway; required lists members of an object',
    ],
    ['{maxLength: "5"}', '5:36 wrong-type $.arguments.x.maxLength write 5'],
  ])('%s', (keywords, problem) => {
    expect(problemsOf(`arguments: {x: ${keywords}}`)).toEqual([problem]);
  });

  test.each(['.x', 'x.', 'a..b', 'x[0]', 'x[]', 'x.*', '[*].x', 'a b', 'x["', '["\\x"]', 'a.1', ''])(
    'no path is %j',
    (path) => {
      expect(problemsOf(`arguments: {${JSON.stringify(path)}: {type: string}}`)).toEqual([
        expect.stringMatching(/^5:21 bad-path /),
      ]);
    },
  );
});

describe('limits', () => {
  test.each([
    ['rate_limit: 60/minutes', '5:21 bad-rate $.rate_limit did you mean "60/minute"?'],
    ['rate_limit: 0/day', '5:21 bad-rate $.rate_limit to let nothing through use action: deny'],
    ['rate_limit: {limit: 5, window: daily}', '5:40 bad-value $.rate_limit.window did you mean "day"?'],
    ['rate_limit: {limit: 5, window: day, sliding: yes}', '5:54 wrong-type $.rate_limit.sliding write true'],
    [
      'rate_limit: {limit: 5, window: day, per: agents}',
      '5:50 bad-value $.rate_limit.per did you mean "agent"?',
    ],
    ['spend: {per_call: -1}', '5:27 bad-value $.spend.per_call -'],
    [
      'spend: {per_call: 0.001}',
      '5:27 bad-value $.spend.per_call say how many decimals the amounts have with scale',
    ],
    ['spend: {per_call: 90071992547409.92}', '5:27 bad-value $.spend.per_call -'],
    ['spend: {per_call: 5, amount: total}', '5:38 bad-path $.spend.amount write args.total'],
    ['spend: {per_call: 5, amount: "args.items[*].x"}', '5:38 bad-path $.spend.amount -'],
    ['spend: {currency: args.c}', expect.stringContaining('5:16 missing-key $.spend')],
    ['state: {counter: a b, window: day}', expect.stringContaining('5:26 bad-name $.state.counter')],
  ])('%s', (limit, problem) => {
    expect(problemsOf(limit)).toEqual([problem]);
  });
});

describe('the rule itself', () => {
  test.each([
    ['conditions: []', '5:21 bad-value $.conditions leave the key out'],
    ['arguments: {}', '5:20 bad-value $.arguments leave the key out'],
    ['action: block', '5:17 bad-value $.action did you mean "deny"?'],
    ['action: deny\nmode: dry-run', '6:15 bad-value $.mode did you mean "shadow"?'],
    ['action: deny\non_deny: " "', '6:18 bad-value $.on_deny say something, or leave it out'],
    ['action: deny\nreason: x', '6:9 unknown-key $ did you mean "on_deny"?'],
    ['action: deny\nper_call: 5', '6:9 unknown-key $ it belongs in spend'],
    ['action: deny\nhide: [a]', '6:9 unknown-key $ it belongs in the top level of the file'],
    ['action: deny\napprovals: 2', '6:9 contradiction $.approvals -'],
    ['when: [{path: args.x, op: exists}]', expect.stringContaining('5:9 contradiction $ give it conditions')],
    [
      'action: require_approval\napproval_timeout: 30 minutes',
      '6:27 bad-duration $.approval_timeout write it as 30m, 45s, 1h30m or 2d',
    ],
  ])('%j', (rule, problem) => {
    expect(problemsOf(rule)).toEqual([problem]);
  });
});
