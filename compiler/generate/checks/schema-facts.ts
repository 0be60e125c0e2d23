// JSON Schema keywords as tests on one value: for each keyword, how it holds and how it is refuted. Both first make
// sure of the type, since Rego compares across types.
import type { NumberLiteral, Schema, SchemaType } from '../../model/policy.ts';
import { type JsonType, jsonType, printLiteral, printTypesTest } from '../print/literal.ts';
import { hasNoTruth } from '../print/path-rego.ts';
import { type Body, printMember } from '../print/print-rego.ts';
import { quotePattern } from '../print/rego-text.ts';

/** A keyword without parts. */
export interface Fact {
  /** The test of type that `refuted` needs beside it, and `holds` too unless it is typed in itself. */
  readonly type: string;
  readonly holds: string;
  readonly refuted: string;
  readonly isTyped?: true;
}

export function keywordFacts(schema: Schema, value: string): Fact[] {
  return [
    ...memberFacts(schema, value),
    ...boundFacts(schema, value),
    ...textFacts(schema, value),
    ...listFacts(schema, value),
  ];
}

function memberFacts({ enum: members, const: constant }: Schema, value: string): Fact[] {
  const facts: Fact[] = [];
  for (const list of [members, constant === undefined ? undefined : [constant]]) {
    if (list === undefined) continue;
    const isMember = printMember(value, list.map(printLiteral));
    const type = list.length === 0 ? 'false' : printTypesTest(value, list.map(jsonType));
    // A number never equals a text: membership is typed in itself.
    facts.push({ type, holds: isMember, refuted: `not ${isMember}`, isTyped: true });
  }
  return facts;
}

const BOUNDS = [
  ['minimum', '>=', '<'],
  ['maximum', '<=', '>'],
  ['exclusiveMinimum', '>', '<='],
  ['exclusiveMaximum', '<', '>='],
] as const;

function boundFacts(schema: Schema, value: string): Fact[] {
  const type = `is_number(${value})`;
  const facts = BOUNDS.flatMap(([keyword, holds, refuted]): Fact[] => {
    const bound = schema[keyword];
    if (bound === undefined) return [];
    return [
      { type, holds: `${value} ${holds} ${bound.number}`, refuted: `${value} ${refuted} ${bound.number}` },
    ];
  });
  if (schema.multipleOf === undefined) return facts;
  return [...facts, { type, ...multipleFact(value, schema.multipleOf) }];
}

/** Exact for decimals: both sides are scaled to whole numbers, and `%` of a fraction has no value. */
function multipleFact(value: string, { number }: NumberLiteral): Pick<Fact, 'holds' | 'refuted'> {
  const [whole = '', fraction = ''] = number.split('.');
  if (fraction === '') {
    const isMultiple = `${value} % ${whole} == 0`;
    return { holds: isMultiple, refuted: hasNoTruth(isMultiple) };
  }
  const step = `${whole}${fraction}`.replace(/^(-?)0+(?=\d)/, '$1');
  const isMultiple = `decimals.is_multiple(${value}, 1${'0'.repeat(fraction.length)}, ${step})`;
  return { holds: isMultiple, refuted: `not ${isMultiple}` };
}

function textFacts({ minLength, maxLength, pattern, format }: Schema, value: string): Fact[] {
  const type = `is_string(${value})`;
  const facts: Fact[] = countFacts({ type, value, least: minLength, most: maxLength });
  if (pattern !== undefined) {
    const match = `regex.match(${quotePattern(pattern)}, ${value})`;
    // Not `not`: a pattern that cannot be run refutes nothing.
    facts.push({ type, holds: match, refuted: `${match} == false` });
  }
  if (format !== undefined) {
    const test = `formats.is_${format.replaceAll('-', '_')}(${value})`;
    facts.push({ type, holds: test, refuted: `not ${test}` });
  }
  return facts;
}

function listFacts({ minItems, maxItems }: Schema, value: string): Fact[] {
  return countFacts({ type: `is_array(${value})`, value, least: minItems, most: maxItems });
}

interface CountBounds {
  readonly type: string;
  readonly value: string;
  readonly least: number | undefined;
  readonly most: number | undefined;
}

/** `count` takes characters (code points) of a text and elements of an array. */
function countFacts({ type, value, least, most }: CountBounds): Fact[] {
  const facts: Fact[] = [];
  if (least !== undefined)
    facts.push({ type, holds: `count(${value}) >= ${least}`, refuted: `count(${value}) < ${least}` });
  if (most !== undefined)
    facts.push({ type, holds: `count(${value}) <= ${most}`, refuted: `count(${value}) > ${most}` });
  return facts;
}

const JSON_TYPES: Readonly<Record<SchemaType, JsonType>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
  null: 'null',
};

/** The ways to be of one of the types. A whole number is one without a fraction, however it is written. */
export function typeWays(types: readonly SchemaType[], value: string): readonly Body[] {
  const { plain, isWhole } = splitTypes(types);
  const ways: Body[] = plain.length === 0 ? [] : [[printTypesTest(value, plain)]];
  return isWhole ? [...ways, [`is_number(${value})`, `${value} % 1 == 0`]] : ways;
}

/** The ways to be of none of the types. */
export function otherTypeWays(types: readonly SchemaType[], value: string): readonly Body[] {
  const { plain, isWhole } = splitTypes(types);
  const isOther = plain.map((type) => `type_name(${value}) != "${type}"`);
  if (!isWhole) return [isOther];
  return [
    [...isOther, `type_name(${value}) != "number"`],
    [`is_number(${value})`, hasNoTruth(`${value} % 1 == 0`)],
  ];
}

function splitTypes(types: readonly SchemaType[]): { plain: JsonType[]; isWhole: boolean } {
  const plain = [...new Set(types.filter((type) => type !== 'integer').map((type) => JSON_TYPES[type]))];
  return { plain, isWhole: types.includes('integer') && !plain.includes('number') };
}
