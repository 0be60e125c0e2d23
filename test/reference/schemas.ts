// JSON Schema keywords in the reference evaluator, with three answers: fits, surely does not fit, cannot be compared.
import type { ArgumentCheck, Schema, SchemaType } from '../../compiler/model/policy.ts';
import { type JsonNode, JsonNumber, type JsonObject } from '../../src/policy/arguments/json-node.ts';
import { compareDecimals, isMultiple, isWhole } from './decimal.ts';
import { hasFormat } from './formats.ts';
import { isEqual, locate, readLiteral, typeOf } from './values.ts';

/** `unknown`: of a type that the keyword says nothing about. It neither fits nor satisfies a `not`. */
type Fit = 'fits' | 'refuted' | 'unknown';

export function passesCheck({ path, schema }: ArgumentCheck, args: JsonObject): boolean {
  return locate(args, path).every((found) => found.kind === 'value' && judge(schema, found.value) === 'fits');
}

function judge(schema: Schema, value: JsonNode): Fit {
  return all((Object.keys(schema) as Keyword[]).map((keyword) => KEYWORDS[keyword](schema, value)));
}

type Keyword = keyof Schema;

function of(isTyped: boolean, answer: () => boolean): Fit {
  if (!isTyped) return 'unknown';
  return answer() ? 'fits' : 'refuted';
}

function all(fits: readonly Fit[]): Fit {
  if (fits.includes('refuted')) return 'refuted';
  return fits.includes('unknown') ? 'unknown' : 'fits';
}

function any(fits: readonly Fit[]): Fit {
  if (fits.includes('fits')) return 'fits';
  return fits.includes('unknown') ? 'unknown' : 'refuted';
}

function bound(keyword: Keyword, fits: (order: number) => boolean): (schema: Schema, value: JsonNode) => Fit {
  return (schema, value) => {
    const limit = schema[keyword] as Schema['minimum'];
    if (!(value instanceof JsonNumber)) return 'unknown';
    return fits(compareDecimals(value.text, limit?.number ?? '')) ? 'fits' : 'refuted';
  };
}

function length(value: JsonNode, fits: (length: number) => boolean): Fit {
  return of(typeof value === 'string', () => fits(Array.from(value as string).length));
}

function size(value: JsonNode, fits: (size: number) => boolean): Fit {
  return of(Array.isArray(value), () => fits((value as JsonNode[]).length));
}

function oneOf(members: readonly JsonNode[], value: JsonNode): Fit {
  if (members.some((member) => isEqual(member, value))) return 'fits';
  const isTyped = members.some((member) => typeOf(member) === typeOf(value));
  return isTyped ? 'refuted' : 'unknown';
}

function hasType(type: SchemaType, value: JsonNode): boolean {
  if (type === 'integer') return value instanceof JsonNumber && isWhole(value.text);
  return typeOf(value) === type;
}

function negate(answer: Fit): Fit {
  if (answer === 'unknown') return answer;
  return answer === 'fits' ? 'refuted' : 'fits';
}

function members(schema: Schema, value: JsonNode): Fit {
  if (!(value instanceof Map)) return 'unknown';
  return all(
    (schema.properties ?? []).map(([name, below]) => {
      const member = value.get(name);
      return member === undefined ? 'fits' : judge(below, member);
    }),
  );
}

const KEYWORDS: Readonly<Record<Keyword, (schema: Schema, value: JsonNode) => Fit>> = {
  type: (schema, value) => of(true, () => (schema.type ?? []).some((type) => hasType(type, value))),
  enum: (schema, value) => oneOf((schema.enum ?? []).map(readLiteral), value),
  const: (schema, value) => oneOf([readLiteral(schema.const ?? null)], value),
  minimum: bound('minimum', (order) => order >= 0),
  maximum: bound('maximum', (order) => order <= 0),
  exclusiveMinimum: bound('exclusiveMinimum', (order) => order > 0),
  exclusiveMaximum: bound('exclusiveMaximum', (order) => order < 0),
  multipleOf: (schema, value) =>
    value instanceof JsonNumber
      ? of(true, () => isMultiple(value.text, schema.multipleOf?.number ?? '1'))
      : 'unknown',
  minLength: (schema, value) => length(value, (count) => count >= (schema.minLength ?? 0)),
  maxLength: (schema, value) => length(value, (count) => count <= (schema.maxLength ?? 0)),
  pattern: (schema, value) =>
    of(typeof value === 'string', () => new RegExp(schema.pattern ?? '', 'u').test(value as string)),
  format: (schema, value) =>
    of(typeof value === 'string', () => hasFormat(value as string, schema.format ?? 'date')),
  minItems: (schema, value) => size(value, (count) => count >= (schema.minItems ?? 0)),
  maxItems: (schema, value) => size(value, (count) => count <= (schema.maxItems ?? 0)),
  items: (schema, value) =>
    Array.isArray(value) ? all(value.map((item) => judge(schema.items ?? {}, item))) : 'unknown',
  properties: members,
  required: (schema, value) =>
    value instanceof Map
      ? of(true, () => (schema.required ?? []).every((name) => value.has(name)))
      : 'unknown',
  not: (schema, value) => negate(judge(schema.not ?? {}, value)),
  anyOf: (schema, value) => any((schema.anyOf ?? []).map((below) => judge(below, value))),
  allOf: (schema, value) => all((schema.allOf ?? []).map((below) => judge(below, value))),
};
