// Finds keywords of one argument that no value can fit together.
import { compareNumbers } from '../model/exact-number.ts';
import type { Literal, NumberLiteral, Schema } from '../model/policy.ts';
import type { SCHEMA_KEYS } from '../schema/grammar.ts';
import type { Members } from './read-values.ts';

export type SchemaMembers = Members<typeof SCHEMA_KEYS>;
export type Keyword = keyof typeof SCHEMA_KEYS;

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null';

/** A keyword implies the type that it speaks of. */
const KINDS: Readonly<Partial<Record<Keyword, Kind>>> = {
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
  minLength: 'string',
  maxLength: 'string',
  pattern: 'string',
  format: 'string',
  minItems: 'array',
  maxItems: 'array',
  items: 'array',
  properties: 'object',
  required: 'object',
};

const BOUNDS: ReadonlyArray<readonly [low: Keyword, high: Keyword, isOpen: boolean]> = [
  ['minimum', 'maximum', false],
  ['exclusiveMinimum', 'maximum', true],
  ['minimum', 'exclusiveMaximum', true],
  ['exclusiveMinimum', 'exclusiveMaximum', true],
  ['minLength', 'maxLength', false],
  ['minItems', 'maxItems', false],
];

export function reportSchemaContradictions(schema: Schema, members: SchemaMembers): void {
  reportEmptyBounds(schema, members);
  reportTypes(schema, members);
  reportConst(schema, members);
}

function reportEmptyBounds(schema: Schema, members: SchemaMembers): void {
  for (const [low, high, isOpen] of BOUNDS) {
    const order = compareBounds(schema[low], schema[high]);
    const entry = members[high];
    if (order === null || entry === undefined || (isOpen ? order < 0 : order <= 0)) continue;
    entry.scope.problem('contradiction', entry.value.position, `nothing lies between ${low} and ${high}`);
  }
}

function compareBounds(low: unknown, high: unknown): number | null {
  const [lowText, highText] = [low, high].map((bound) =>
    typeof bound === 'number' ? String(bound) : (bound as NumberLiteral | undefined)?.number,
  );
  return lowText === undefined || highText === undefined ? null : compareNumbers(lowText, highText);
}

/** The first keyword that leaves no type over. */
function reportTypes(schema: Schema, members: SchemaMembers): void {
  let possible: readonly Kind[] | null = null;
  for (const keyword of Object.keys(members) as Keyword[]) {
    const kinds = kindsOf(schema, keyword);
    if (kinds === null || kinds.length === 0) continue;
    const left: readonly Kind[] = possible === null ? kinds : possible.filter((kind) => kinds.includes(kind));
    if (left.length === 0 && possible !== null) {
      const entry = members[keyword];
      const message = `${keyword} is for ${list(kinds)}, the keywords before it are for ${list(possible)}`;
      entry?.scope.problem('contradiction', entry.keyPosition, message, 'no value is both');
      return;
    }
    possible = left;
  }
}

/** null or empty: the keyword is for values of every type, or was reported. */
function kindsOf(schema: Schema, keyword: Keyword): readonly Kind[] | null {
  if (schema[keyword] === undefined) return null;
  if (keyword === 'type') return (schema.type ?? []).map((type) => (type === 'integer' ? 'number' : type));
  if (keyword === 'enum') return (schema.enum ?? []).map(kindOf);
  if (keyword === 'const') return schema.const === undefined ? null : [kindOf(schema.const)];
  const kind = KINDS[keyword];
  return kind === undefined ? null : [kind];
}

function kindOf(value: Literal): Kind {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'array';
  return 'number' in value ? 'number' : 'object';
}

function reportConst(schema: Schema, members: SchemaMembers): void {
  const entry = members.const;
  if (entry === undefined || schema.const === undefined || schema.enum === undefined) return;
  const isListed = schema.enum.some((value) => JSON.stringify(value) === JSON.stringify(schema.const));
  // Objects may say the same in another order of keys.
  if (isListed || kindOf(schema.const) === 'object') return;
  entry.scope.problem('contradiction', entry.value.position, 'const is none of the values of enum');
}

function list(kinds: readonly Kind[]): string {
  return [...new Set(kinds)].join(' or ');
}
