// Conditions and schemas in words, for reasons: `currency must be one of GBP, USD, EUR`.
import type {
  ArgumentCheck,
  Condition,
  Literal,
  Operator,
  Schema,
  SchemaFormat,
  SchemaType,
} from '../../model/policy.ts';
import { listOf } from '../checks/condition-operand.ts';
import { describeList, describeLiteral } from '../print/literal.ts';
import { describePath } from '../print/path-rego.ts';

export function reasonForCondition(condition: Condition): string {
  return `${describeSubject(condition)} must ${describeTest(condition, 'be')}`;
}

/** `not allowed when force is true` */
export function reasonForDenial(when: readonly Condition[]): string {
  if (when.length === 0) return 'this tool may not be called';
  return `not allowed when ${describeWhen(when)}`;
}

/** `force is true and agent.id is bot` */
export function describeWhen(when: readonly Condition[]): string {
  return when
    .map((condition) => `${describeSubject(condition)} ${describeTest(condition, 'is')}`)
    .join(' and ');
}

export function reasonForArgument({ path, schema }: ArgumentCheck): string {
  return `${describePath(path)} must ${describeSchema(schema)}`;
}

function describeSubject({ path, pathText }: Condition): string {
  return path.root === 'args' ? describePath(path.steps) : pathText;
}

const TESTS: Readonly<Record<Exclude<Operator, 'exists'>, readonly [must: string, does: string]>> = {
  eq: ['be', 'is'],
  neq: ['be other than', 'is other than'],
  in: ['be one of', 'is one of'],
  not_in: ['be none of', 'is none of'],
  lt: ['be under', 'is under'],
  lte: ['be at most', 'is at most'],
  gt: ['be over', 'is over'],
  gte: ['be at least', 'is at least'],
  regex: ['match', 'matches'],
  contains: ['contain', 'contains'],
};

function describeTest({ op, value }: Condition, verb: 'be' | 'is'): string {
  if (op === 'exists') return `${verb} ${value === false ? 'left out' : 'given'}`;
  const words = TESTS[op][verb === 'be' ? 0 : 1];
  const isList = op === 'in' || op === 'not_in';
  return `${words} ${isList ? describeList(listOf(value)) : op === 'regex' ? String(value) : describeLiteral(value)}`;
}

const TYPE_WORDS: Readonly<Record<SchemaType, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

const FORMAT_WORDS: Readonly<Record<SchemaFormat, string>> = {
  date: 'a date such as 2026-11-22',
  'date-time': 'a date and time such as 2026-11-22T15:04:05Z',
  time: 'a time such as 15:04:05Z',
  email: 'an e-mail address',
  hostname: 'a host name',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  uri: 'a URI',
  uuid: 'a UUID',
};

/** Completes `x must …`. */
function describeSchema(schema: Schema): string {
  const words = [...describeValue(schema), ...describeText(schema), ...describeParts(schema)];
  return words.length === 0 ? 'be given' : words.join(' and ');
}

function describeValue(schema: Schema): string[] {
  const words: string[] = [];
  const say = <T>(value: T | undefined, print: (value: T) => string): void => {
    if (value !== undefined) words.push(print(value));
  };
  say(schema.type, (types) => `be ${types.map((type) => TYPE_WORDS[type]).join(' or ')}`);
  say(schema.enum, (list: readonly Literal[]) => `be one of ${describeList(list)}`);
  say(schema.const, (value: Literal) => `be ${describeLiteral(value)}`);
  say(schema.minimum, ({ number }) => `be at least ${number}`);
  say(schema.maximum, ({ number }) => `be at most ${number}`);
  say(schema.exclusiveMinimum, ({ number }) => `be over ${number}`);
  say(schema.exclusiveMaximum, ({ number }) => `be under ${number}`);
  say(schema.multipleOf, ({ number }) => `be a multiple of ${number}`);
  return words;
}

function describeText({ minLength, maxLength, pattern, format }: Schema): string[] {
  const words: string[] = [];
  if (minLength !== undefined) words.push(`have at least ${countOf(minLength, 'character')}`);
  if (maxLength !== undefined) words.push(`have at most ${countOf(maxLength, 'character')}`);
  if (pattern !== undefined) words.push(`match ${pattern}`);
  if (format !== undefined) words.push(`be ${FORMAT_WORDS[format]}`);
  return words;
}

function describeParts(schema: Schema): string[] {
  const { minItems, maxItems, items, properties = [], required = [], not, anyOf, allOf = [] } = schema;
  const words: string[] = [];
  if (minItems !== undefined) words.push(`have at least ${countOf(minItems, 'item')}`);
  if (maxItems !== undefined) words.push(`have at most ${countOf(maxItems, 'item')}`);
  if (items !== undefined) words.push(`be a list of items that each must ${describeSchema(items)}`);
  if (required.length > 0) words.push(`have ${required.join(', ')}`);
  for (const [name, part] of properties)
    words.push(`have a ${name}, if any, that must ${describeSchema(part)}`);
  if (not !== undefined) words.push(`not ${describeSchema(not)}`);
  if (anyOf !== undefined) words.push(`either ${anyOf.map(describeSchema).join(', or ')}`);
  return [...words, ...allOf.map(describeSchema)];
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
