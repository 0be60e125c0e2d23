// JSON Schema keywords, twice each: as they stand, and under `not`. What is neither clearly so nor clearly not is denied.
import { beforeAll, describe, expect, it } from 'vitest';
import type { ArgumentPath, Literal, Schema } from '../../../compiler/model/policy.ts';
import { compileForTest, type PolicyUnderTest } from './evaluate-policy.ts';
import { makeEntry, makePolicy, SOMEWHERE } from './make-policy.ts';

const number = (text: string): { number: string } => ({ number: text });

interface Case {
  readonly schema: Schema;
  readonly holds: readonly string[];
  readonly refuted: readonly string[];
  /** Neither: values of a type that the keyword does not speak of. */
  readonly neither?: readonly string[];
}

const CASES: readonly Case[] = [
  { schema: {}, holds: ['1', 'null', 'false', '""'], refuted: [] },
  { schema: { type: ['string'] }, holds: ['""'], refuted: ['1', 'null', '[]'] },
  {
    schema: { type: ['integer'] },
    holds: ['1', '1.0', '-3', '12345678901234567890123'],
    refuted: ['1.5', '"1"', 'null'],
  },
  { schema: { type: ['integer', 'null'] }, holds: ['1', 'null'], refuted: ['1.5', '""'] },
  { schema: { type: ['integer', 'number'] }, holds: ['1', '1.5'], refuted: ['"1"'] },
  {
    schema: { type: ['array', 'object', 'boolean'] },
    holds: ['[]', '{}', 'false'],
    refuted: ['1', 'null', '""'],
  },
  {
    schema: { enum: ['GBP', 'USD'] },
    holds: ['"GBP"'],
    refuted: ['"JPY"', '""'],
    neither: ['1', 'null', '["GBP"]'],
  },
  {
    schema: { enum: ['a', number('1'), null] },
    holds: ['"a"', '1.0', 'null'],
    refuted: ['"1"', '2'],
    neither: ['true'],
  },
  { schema: { enum: ['only'] }, holds: ['"only"'], refuted: ['"other"'], neither: ['0'] },
  {
    schema: { const: { object: [['a', [number('1'), true]]] } },
    holds: ['{"a":[1.0,true]}'],
    refuted: ['{"a":[1]}', '{}'],
    neither: ['[]'],
  },
  {
    schema: { minimum: number('0.01'), maximum: number('10') },
    holds: ['0.01', '10', '10.00'],
    refuted: ['0.009', '10.01'],
    neither: ['"5"', 'null'],
  },
  {
    schema: { exclusiveMinimum: number('0'), exclusiveMaximum: number('10') },
    holds: ['0.001', '9.99'],
    refuted: ['0', '10'],
    neither: ['[5]'],
  },
  {
    schema: { multipleOf: number('0.01') },
    holds: ['19.99', '0.07', '0.3', '0', '-0.05', '1e2', '100000000000000000000000.05'],
    refuted: ['19.999', '0.0001', '0.300000000000000000001', '100000000000000000000000.051'],
    neither: ['"1"'],
  },
  { schema: { multipleOf: number('0.25') }, holds: ['0.75', '1'], refuted: ['0.7', '0.125'] },
  { schema: { multipleOf: number('1.5') }, holds: ['4.5', '-3'], refuted: ['4', '0.5'] },
  { schema: { multipleOf: number('5') }, holds: ['10', '-15.0'], refuted: ['7', '2.5'] },
  {
    schema: { minLength: 2, maxLength: 3 },
    holds: ['"é😀"', '"abc"'],
    refuted: ['"😀"', '"abcd"', '""'],
    neither: ['22', '[1,2]'],
  },
  {
    schema: { pattern: '^\\p{L}+`"$' },
    holds: ['"é`\\""'],
    refuted: ['"1`\\""', '"é"'],
    neither: ['1', 'null'],
  },
  { schema: { pattern: 'b' }, holds: ['"abc"'], refuted: ['"ac"'], neither: ['["b"]'] },
  {
    schema: { format: 'date' },
    holds: ['"2024-02-29"'],
    refuted: ['"2026-02-29"', '"x"'],
    neither: ['20240229'],
  },
  {
    schema: { format: 'date-time' },
    holds: ['"2026-11-22T15:04:05.5Z"'],
    refuted: ['"2026-11-22 15:04:05Z"'],
  },
  { schema: { format: 'time' }, holds: ['"15:04:05+01:00"'], refuted: ['"15:04"'] },
  { schema: { format: 'email' }, holds: ['"joe@example.com"'], refuted: ['"joe"', '"a@b@c"'] },
  { schema: { format: 'hostname' }, holds: ['"www.example.com"'], refuted: ['"-a"', '"a..b"'] },
  { schema: { format: 'ipv4' }, holds: ['"192.168.0.1"'], refuted: ['"256.0.0.1"', '"1.2.3"', '"01.2.3.4"'] },
  {
    schema: { format: 'ipv6' },
    holds: ['"::1"', '"1:2:3:4:5:6:7:8"', '"::ffff:1.2.3.4"'],
    refuted: ['"1::2::3"', '"12345::"', '"1.2.3.4"'],
  },
  {
    schema: { format: 'uri' },
    holds: ['"https://example.com/a?b#c"', '"urn:a:b"'],
    refuted: ['"/a"', '"http://a b"', '"https://e.com/%zz"'],
  },
  {
    schema: { format: 'uuid' },
    holds: ['"2eb8aa08-aa98-11ea-b4aa-73b441d16380"'],
    refuted: ['"2eb8aa08aa9811eab4aa73b441d16380"'],
  },
  {
    schema: { minItems: 1, maxItems: 2 },
    holds: ['[1]', '[1,2]'],
    refuted: ['[]', '[1,2,3]'],
    neither: ['"a"', '{"a":1}'],
  },
  {
    schema: { items: { type: ['string'] } },
    holds: ['[]', '["a"]'],
    refuted: ['["a",1]'],
    neither: ['{}', '"a"'],
  },
  { schema: { items: {} }, holds: ['[]', '[null,false]'], refuted: [], neither: ['{}'] },
  {
    schema: { items: { items: { minimum: number('1') } } },
    holds: ['[[1],[]]'],
    refuted: ['[[1],[0]]'],
    neither: ['[1]', '[["0"]]'],
  },
  {
    schema: { items: { anyOf: [{ const: 'a' }, { minimum: number('5') }] } },
    holds: ['["a",5]'],
    refuted: [],
    neither: ['["b"]', '[4]', '["a",null]'],
  },
  {
    schema: {
      properties: [
        ['zip', { pattern: '^\\d{5}$' }],
        ['no', {}],
      ],
      required: ['zip', 'city'],
    },
    holds: ['{"zip":"12345","city":null}', '{"zip":"12345","city":false,"more":1}'],
    refuted: ['{"zip":"1234","city":"x"}', '{"zip":"12345"}', '{"city":"x"}', '{}'],
    neither: ['[]', '"12345"', '{"zip":12345,"city":"x"}'],
  },
  {
    schema: { properties: [['age', { minimum: number('18') }]] },
    holds: ['{}', '{"age":18}'],
    refuted: ['{"age":17}'],
    neither: ['{"age":"18"}', '{"age":null}'],
  },
  {
    schema: { required: ['default', 'a b'] },
    holds: ['{"default":null,"a b":0}'],
    refuted: ['{"default":1}'],
    neither: ['["default"]'],
  },
  {
    schema: { anyOf: [{ type: ['string'] }, { minimum: number('5') }] },
    holds: ['"a"', '5'],
    refuted: ['4'],
    neither: ['null'],
  },
  { schema: { anyOf: [{ const: 'a' }] }, holds: ['"a"'], refuted: ['"b"'], neither: ['1'] },
  {
    schema: { allOf: [{ minimum: number('1') }, { maximum: number('2') }] },
    holds: ['1', '2'],
    refuted: ['0', '3'],
    neither: ['"1"'],
  },
  { schema: { not: { const: 'a' } }, holds: ['"b"'], refuted: ['"a"'], neither: ['1'] },
  { schema: { not: { not: { pattern: 'a' } } }, holds: ['"ab"'], refuted: ['"b"'], neither: ['1'] },
  {
    schema: { not: { anyOf: [{ pattern: 'a' }, { pattern: 'b' }] } },
    holds: ['"c"'],
    refuted: ['"a"', '"b"'],
    neither: ['1'],
  },
  {
    schema: { not: { allOf: [{ pattern: 'a' }, { pattern: 'b' }] } },
    holds: ['"a"', '"b"', '""'],
    refuted: ['"ab"'],
    neither: ['1'],
  },
  { schema: { not: { required: ['force'] } }, holds: ['{}'], refuted: ['{"force":false}'], neither: ['[]'] },
  {
    schema: { not: { items: { const: 'x' } } },
    holds: ['["y"]'],
    refuted: ['["x"]', '[]'],
    neither: ['[1]', '"x"'],
  },
];

const ARGUMENT: ArgumentPath = ['x'];

function makeArgument(schema: Schema, path = ARGUMENT): { arguments: ReturnType<typeof check>[] } {
  return { arguments: [check(schema, path)] };
}

function check(schema: Schema, path: ArgumentPath) {
  return { path, pathText: 'x', schema, position: SOMEWHERE };
}

const policy = makePolicy({
  tools: CASES.flatMap(({ schema }, index) => [
    makeEntry(`is_${index}`, [makeArgument(schema)]),
    makeEntry(`not_${index}`, [makeArgument({ not: schema })]),
    makeEntry(`each_${index}`, [makeArgument(schema, ['list', { every: true }, 'x'])]),
  ]),
});

let compiled: PolicyUnderTest;
beforeAll(async () => {
  compiled = await compileForTest([policy]);
});

const rows = CASES.flatMap(({ schema, holds, refuted, neither = [] }, index) =>
  Object.entries({ holds, refuted, neither }).flatMap(([kind, values]) =>
    values.map((value) => ({ index, kind, value, schema: JSON.stringify(schema) })),
  ),
);

describe('an argument schema', () => {
  it.each(rows)('$schema: $value $kind', ({ index, kind, value }) => {
    const { outcome } = compiled.decide({ tool: `is_${index}`, arguments: `{"x":${value}}` });
    expect(outcome).toBe(kind === 'holds' ? 'allow' : 'deny');
  });

  it.each(rows)('under not: $schema: $value $kind', ({ index, kind, value }) => {
    const { outcome } = compiled.decide({ tool: `not_${index}`, arguments: `{"x":${value}}` });
    expect(outcome).toBe(kind === 'refuted' ? 'allow' : 'deny');
  });

  it.each(rows)('of every element: $schema: $value $kind', ({ index, kind, value }) => {
    const of = (list: string) =>
      compiled.decide({ tool: `each_${index}`, arguments: `{"list":${list}}` }).outcome;
    const expected = kind === 'holds' ? 'allow' : 'deny';
    expect([of('[]'), of(`[{"x":${value}}]`), of(`[{"x":${value}},{}]`)]).toEqual([
      'allow',
      expected,
      'deny',
    ]);
  });

  it.each(CASES.map((_, index) => index))('needs the argument at all (case %i)', (index) => {
    const missing = ['is', 'not', 'each'].map(
      (kind) => compiled.decide({ tool: `${kind}_${index}` }).outcome,
    );
    expect(missing).toEqual(['deny', 'deny', 'deny']);
  });
});

describe('the reason of a failed argument', () => {
  const reasons: ReadonlyArray<readonly [Schema, string]> = [
    [{ enum: ['GBP', 'USD', 'EUR'] }, 'x must be one of GBP, USD, EUR'],
    // Not what the values are without their quotes.
    [{ enum: ['true', '1.0', 'null', '1.0.1'] }, 'x must be one of "true", "1.0", "null", 1.0.1'],
    [{ type: ['string'], maxLength: 1 }, 'x must be a text and have at most 1 character'],
    [{ type: ['integer'], minimum: number('1') }, 'x must be a whole number and be at least 1'],
    [{ format: 'email' }, 'x must be an e-mail address'],
    [{ not: { pattern: '^/etc' } }, 'x must not match ^/etc'],
    [{ items: { enum: ['a', 'b c'] } }, 'x must be a list of items that each must be one of a, "b c"'],
    [
      { enum: Array.from({ length: 25 }, (_, at): Literal => number(String(at))) },
      `x must be one of ${Array.from({ length: 20 }, (_, at) => at).join(', ')} and 5 more`,
    ],
  ];

  it('says what the policy asks for, not what was sent', async () => {
    const tools = reasons.map(([schema], index) => makeEntry(`t_${index}`, [makeArgument(schema)]));
    const told = await compileForTest([makePolicy({ tools })]);
    const seen = reasons.map(
      (_, index) => told.decide({ tool: `t_${index}`, arguments: { x: null } }).reason,
    );
    expect(seen).toEqual(reasons.map(([, reason]) => reason));
  });
});
