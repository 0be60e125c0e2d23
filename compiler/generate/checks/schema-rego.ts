// Whole schemas as Rego: `hold` for what the policy asks of an argument, `refute` for what stands under `not`.
import type { Schema } from '../../model/policy.ts';
import { elementOf, isMissing, isPresent, memberOf } from '../print/path-rego.ts';
import { type Body, printEvery } from '../print/print-rego.ts';
import type { Place, RuleSheet } from '../print/rule-sheet.ts';
import { keywordFacts, otherTypeWays, typeWays } from './schema-facts.ts';

/** Where alternatives go: they need rules of their own, named after the argument. */
export interface SchemaSheet {
  readonly sheet: RuleSheet;
  readonly wish: string;
}

/** What must all be true for a present value to satisfy the schema. */
export function holdSchema(to: SchemaSheet, schema: Schema, place: Place): Body {
  const lines = constraintLines(to, schema, place);
  return lines.length > 0 ? lines : [isPresent(place.text)];
}

/** The ways in which a value certainly fails the schema; a value of a type it does not speak of refutes nothing. */
export function refuteSchema(to: SchemaSheet, schema: Schema, place: Place): readonly Body[] {
  const { text } = place;
  useLibraries(to, schema);
  return [
    ...(schema.type === undefined ? [] : otherTypeWays(schema.type, text)),
    ...keywordFacts(schema, text).map(({ type, refuted }) => [type, refuted]),
    ...refuteItems(to, schema, place),
    ...refuteMembers(to, schema, place),
    ...(schema.not === undefined ? [] : [holdSchema(to, schema.not, place)]),
    ...refuteChoice(to, schema, place),
    ...(schema.allOf ?? []).flatMap((part) => refuteSchema(to, part, place)),
  ];
}

function constraintLines(to: SchemaSheet, schema: Schema, place: Place): Body {
  const { text } = place;
  useLibraries(to, schema);
  const lines = [
    ...(schema.type === undefined ? [] : [either(to, place, typeWays(schema.type, text))]),
    ...keywordFacts(schema, text).map(({ type, holds, isTyped }) => (isTyped ? [holds] : [type, holds])),
    holdItems(to, schema, place),
    holdMembers(to, schema, place),
    schema.not === undefined ? [] : either(to, place, refuteSchema(to, schema.not, place)),
    schema.anyOf === undefined
      ? []
      : either(
          to,
          place,
          schema.anyOf.map((part) => holdSchema(to, part, place)),
        ),
    ...(schema.allOf ?? []).map((part) => constraintLines(to, part, place)),
  ];
  return [...new Set(lines.flat())];
}

/** One way stands where it is; several become a rule of their own. */
function either({ sheet, wish }: SchemaSheet, place: Place, ways: readonly Body[]): Body {
  const [only, ...others] = ways;
  if (only === undefined) return ['false'];
  return others.length === 0 ? only : [sheet.addHelper(`${wish}_either`, place, ways)];
}

function holdItems(to: SchemaSheet, { items }: Schema, place: Place): Body {
  if (items === undefined) return [];
  const element = elementOf(place);
  const body = constraintLines(to, items, element);
  const isArray = `is_array(${place.text})`;
  return body.length === 0 ? [isArray] : [isArray, printEvery(element.text, place.text, body)];
}

function refuteItems(to: SchemaSheet, { items }: Schema, place: Place): readonly Body[] {
  if (items === undefined) return [];
  const element = elementOf(place);
  return refuteSchema(to, items, element).map((body) => [
    `is_array(${place.text})`,
    `some ${element.text} in ${place.text}`,
    ...body,
  ]);
}

/** Members that the schema names may be absent, unless `required` lists them. */
function holdMembers(to: SchemaSheet, schema: Schema, place: Place): Body {
  const { properties = [], required = [] } = schema;
  if (schema.properties === undefined && schema.required === undefined) return [];
  const isRequired = new Set(required);
  const named = new Set(properties.map(([name]) => name));
  const lines = properties.flatMap(([name, part]) => {
    const member = memberOf(place, name);
    const body = constraintLines(to, part, member);
    if (isRequired.has(name)) return body.length === 0 ? [isPresent(member.text)] : body;
    return body.length === 0 ? [] : [optional(to, { place, member, body })];
  });
  const present = required
    .filter((name) => !named.has(name))
    .map((name) => isPresent(memberOf(place, name).text));
  return [`is_object(${place.text})`, ...lines, ...present];
}

function optional(to: SchemaSheet, part: { place: Place; member: Place; body: Body }): string {
  return to.sheet.addHelper(`${to.wish}_member`, part.place, [[isMissing(part.member.text)], part.body]);
}

function refuteMembers(to: SchemaSheet, schema: Schema, place: Place): readonly Body[] {
  const isObject = `is_object(${place.text})`;
  const wrong = (schema.properties ?? []).flatMap(([name, part]) =>
    refuteSchema(to, part, memberOf(place, name)),
  );
  const absent = (schema.required ?? []).map((name) => [isMissing(memberOf(place, name).text)]);
  return [...wrong, ...absent].map((body) => [isObject, ...body]);
}

/** `anyOf` is refuted where every branch is. */
function refuteChoice(to: SchemaSheet, { anyOf }: Schema, place: Place): readonly Body[] {
  if (anyOf === undefined) return [];
  return [anyOf.flatMap((part) => either(to, place, refuteSchema(to, part, place)))];
}

function useLibraries({ sheet }: SchemaSheet, { format, multipleOf }: Schema): void {
  if (format !== undefined) sheet.useLibrary('formats');
  if (multipleOf?.number.includes('.')) sheet.useLibrary('decimals');
}
