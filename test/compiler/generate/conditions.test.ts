// Conditions, twice each: one that must hold, and one that says when a rule applies, where doubt goes the strict way.
import { beforeAll, describe, expect, it } from 'vitest';
import type { ArgumentPath, Condition, Literal, Operator } from '../../../compiler/model/policy.ts';
import { compileForTest, type PolicyUnderTest } from './evaluate-policy.ts';
import { makeEntry, makePolicy, SOMEWHERE } from './make-policy.ts';

const number = (text: string): Literal => ({ number: text });

interface Case {
  readonly op: Operator;
  readonly value: Literal;
  readonly path?: ArgumentPath;
  /** JSON texts of the whole arguments by what they make of the condition. */
  readonly holds: readonly string[];
  readonly fails: readonly string[];
  /** Mistyped: does not hold where it must, and lets a rule apply. */
  readonly doubt: readonly string[];
}

const x = (...values: string[]): string[] => values.map((value) => `{"x":${value}}`);
const MISSING = '{}';

const CASES: readonly Case[] = [
  {
    op: 'eq',
    value: 'a',
    holds: x('"a"'),
    fails: [MISSING, ...x('"b"', '""')],
    doubt: x('1', 'null', '["a"]'),
  },
  {
    op: 'eq',
    value: number('1'),
    holds: x('1', '1.0', '1e0'),
    fails: [MISSING, ...x('2')],
    doubt: x('"1"', 'true'),
  },
  {
    op: 'eq',
    value: true,
    holds: x('true'),
    fails: [MISSING, ...x('false')],
    doubt: x('"true"', '1', 'null'),
  },
  { op: 'eq', value: null, holds: x('null'), fails: [MISSING, ...x('0', '""', 'false')], doubt: [] },
  {
    op: 'eq',
    value: ['a', number('1')],
    holds: x('["a",1]'),
    fails: [MISSING, ...x('[1,"a"]', '[]')],
    doubt: x('"a"'),
  },
  {
    op: 'eq',
    value: { object: [['k', number('1')]] },
    holds: x('{"k":1}', '{"k":1.0}'),
    fails: [MISSING, ...x('{"k":2}', '{}')],
    doubt: x('[]'),
  },
  {
    op: 'in',
    value: ['a', 'b'],
    holds: x('"a"', '"b"'),
    fails: [MISSING, ...x('"c"')],
    doubt: x('1', '["a"]', 'null'),
  },
  {
    op: 'in',
    value: ['a', number('1')],
    holds: x('"a"', '1'),
    fails: [MISSING, ...x('"1"', '2')],
    doubt: x('true'),
  },
  {
    op: 'lt',
    value: number('5'),
    holds: x('4.99', '-1'),
    fails: [MISSING, ...x('5', '6')],
    doubt: x('"4"', 'null'),
  },
  {
    op: 'lte',
    value: number('5'),
    holds: x('5', '5.0'),
    fails: [MISSING, ...x('5.01')],
    doubt: x('"5"', '[]'),
  },
  {
    op: 'gt',
    value: number('0.5'),
    holds: x('0.51'),
    fails: [MISSING, ...x('0.5')],
    doubt: x('"1"', 'true'),
  },
  { op: 'gte', value: number('-5'), holds: x('-5'), fails: [MISSING, ...x('-5.1')], doubt: x('{}') },
  {
    op: 'regex',
    value: '^a\\d$',
    holds: x('"a1"'),
    fails: [MISSING, ...x('"b1"', '"a1\\n"')],
    doubt: x('1', '["a1"]'),
  },
  {
    op: 'contains',
    value: 'b',
    holds: x('"abc"', '["a","b"]'),
    fails: [MISSING, ...x('"ac"', '["bb"]')],
    doubt: x('1', '{"b":1}'),
  },
  {
    op: 'contains',
    value: number('1'),
    holds: x('[1.0]'),
    fails: [MISSING, ...x('["1"]', '[]')],
    doubt: x('"1"', '1'),
  },
  {
    op: 'contains',
    value: number('-1'),
    holds: x('[2,-1.0]'),
    fails: [MISSING, ...x('[1]', '["-1"]', '[]')],
    doubt: x('"-1"', '{"a":-1}'),
  },
  {
    op: 'exists',
    value: true,
    holds: x('0', '""', 'false', '[]'),
    fails: [MISSING, ...x('null')],
    doubt: [],
  },
  { op: 'exists', value: false, holds: [MISSING, ...x('null')], fails: x('0', 'false', '{}'), doubt: [] },
  {
    op: 'lte',
    value: number('5'),
    path: ['items', { every: true }, 'price'],
    holds: ['{"items":[{"price":5},{"price":1}]}', '{"items":[]}'],
    fails: [MISSING, '{"items":[{"price":5},{"price":6}]}', '{"items":[{"price":5},{}]}', '{"items":[1]}'],
    doubt: ['{"items":{"price":1}}', '{"items":null}', '{"items":[{"price":"6"}]}'],
  },
  {
    op: 'contains',
    value: 'b',
    path: ['items', { every: true }],
    holds: ['{"items":["abc",["b"]]}'],
    fails: ['{"items":["abc",["c"]]}'],
    doubt: ['{"items":["abc",1]}', '{"items":"b"}'],
  },
  {
    op: 'eq',
    value: 'ok',
    path: ['rows', { every: true }, 'cells', { every: true }],
    holds: ['{"rows":[{"cells":["ok"]},{"cells":[]}]}', '{"rows":[]}'],
    fails: ['{"rows":[{"cells":["ok"]},{}]}', '{"rows":[{"cells":["no"]}]}'],
    doubt: ['{"rows":[{"cells":"ok"}]}', '{"rows":[{"cells":[1]}]}'],
  },
  {
    op: 'exists',
    value: false,
    path: ['rows', { every: true }, 'cells', { every: true }, 'secret'],
    holds: [MISSING, '{"rows":[{}]}', '{"rows":[{"cells":[{},{"secret":null}]}]}'],
    fails: ['{"rows":[{"cells":[{"secret":1}]}]}'],
    doubt: ['{"rows":{}}', '{"rows":[{"cells":1}]}'],
  },
  {
    op: 'eq',
    value: true,
    path: ['a', 'odd name', 'default'],
    holds: ['{"a":{"odd name":{"default":true}}}'],
    fails: ['{"a":"x"}', '{"a":[]}'],
    doubt: [],
  },
];

/** Where a missing value holds in a `when`, and not where it must hold. */
const NEGATIVE: readonly Case[] = [
  { op: 'neq', value: 'a', holds: x('"b"'), fails: x('"a"'), doubt: [MISSING, ...x('1', 'null')] },
  { op: 'neq', value: null, holds: x('1', '"a"'), fails: x('null'), doubt: [MISSING] },
  { op: 'not_in', value: ['a', 'b'], holds: x('"c"'), fails: x('"a"'), doubt: [MISSING, ...x('1', 'null')] },
  {
    op: 'neq',
    value: 'a',
    path: ['items', { every: true }, 'k'],
    holds: ['{"items":[{"k":"b"}]}', '{"items":[]}'],
    fails: ['{"items":[{"k":"b"},{"k":"a"}]}'],
    doubt: [MISSING, '{"items":[{}]}', '{"items":"a"}', '{"items":[{"k":1}]}'],
  },
];

const ALL = [...CASES, ...NEGATIVE];

function conditionOf({ op, value, path: steps = ['x'] }: Case): Condition {
  return { path: { root: 'args', steps }, pathText: 'args.x', op, value, position: SOMEWHERE };
}

const policy = makePolicy({
  tools: ALL.flatMap((one, index) => [
    makeEntry(`must_${index}`, [{ conditions: [conditionOf(one)] }]),
    makeEntry(`when_${index}`, [{ action: 'deny', when: [conditionOf(one)] }]),
    makeEntry(`both_${index}`, [
      {
        action: 'deny',
        when: [
          conditionOf(one),
          { ...conditionOf(one), op: 'exists', value: true, path: { root: 'args', steps: ['also'] } },
        ],
      },
    ]),
  ]),
});

let compiled: PolicyUnderTest;
beforeAll(async () => {
  compiled = await compileForTest([policy]);
});

const rows = ALL.flatMap((one, index) =>
  (['holds', 'fails', 'doubt'] as const).flatMap((kind) =>
    one[kind].map((args) => ({ index, kind, args, what: `${one.op} ${JSON.stringify(one.value)}` })),
  ),
);

describe('a condition that must hold', () => {
  it.each(rows)('$what: $args $kind', ({ index, kind, args }) => {
    const { outcome } = compiled.decide({ tool: `must_${index}`, arguments: args });
    expect(outcome).toBe(kind === 'holds' ? 'allow' : 'deny');
  });
});

describe('a condition that says when a rule applies', () => {
  it.each(rows)('$what: $args $kind', ({ index, kind, args }) => {
    const { outcome } = compiled.decide({ tool: `when_${index}`, arguments: args });
    expect(outcome).toBe(kind === 'fails' ? 'allow' : 'deny');
  });

  it.each(rows)('is joined by AND: $what: $args $kind', ({ index, args }) => {
    const { outcome } = compiled.decide({ tool: `both_${index}`, arguments: args });
    expect(outcome).toBe('allow');
  });
});

describe('what the host sends', () => {
  const clock = { unix: 0, date: '2026-11-22', weekday: 'sunday', minute_of_day: 904 };
  const hostRows: ReadonlyArray<readonly [string, Condition['path'], Operator, Literal, boolean]> = [
    ['agent.id', { root: 'agent.id' }, 'eq', 'bot', true],
    ['agent.id', { root: 'agent.id' }, 'regex', '^b', true],
    ['agent.claims', { root: 'agent.claims', steps: ['team', 'name'] }, 'in', ['core'], true],
    ['agent.claims', { root: 'agent.claims', steps: ['missing'] }, 'eq', 'core', false],
    ['session', { root: 'session' }, 'neq', 's-1', false],
    ['clock.weekday', { root: 'clock', field: 'weekday' }, 'in', ['saturday', 'sunday'], true],
    ['clock.minute_of_day', { root: 'clock', field: 'minute_of_day' }, 'lt', number('904'), false],
    ['clock.minute_of_day', { root: 'clock', field: 'minute_of_day' }, 'gte', number('904'), true],
    ['clock.date', { root: 'clock', field: 'date' }, 'lte', '2026-11-22', true],
    ['clock.date', { root: 'clock', field: 'date' }, 'gt', '2026-11-22', false],
  ];

  it('is compared as the arguments are', async () => {
    const tools = hostRows.map(([pathText, path, op, value], index) =>
      makeEntry(`t_${index}`, [{ conditions: [{ path, pathText, op, value, position: SOMEWHERE }] }]),
    );
    const host = await compileForTest([makePolicy({ tools })]);
    const agent = { id: 'bot', claims: { team: { name: 'core' } } };
    const seen = hostRows.map(
      (_, index) => host.decide({ tool: `t_${index}`, agent, clock }).outcome === 'allow',
    );
    expect(seen).toEqual(hostRows.map(([, , , , expected]) => expected));
  });

  it('lets a rule apply where it is missing', async () => {
    const path = { root: 'clock', field: 'weekday' } as const;
    const when = [
      { path, pathText: 'clock.weekday', op: 'eq', value: 'monday', position: SOMEWHERE } as const,
    ];
    const host = await compileForTest([makePolicy({ tools: [makeEntry('t', [{ action: 'deny', when }])] })]);
    expect([
      host.decide({ tool: 't', clock }).outcome,
      host.decide({ tool: 't', clock: {} }).outcome,
    ]).toEqual(['allow', 'deny']);
  });
});
