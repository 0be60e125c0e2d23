// Reads the JSON Schema keywords of an argument check.
import { compareNumbers } from '../model/exact-number.ts';
import type { ArgumentCheck, ArgumentPath, Schema } from '../model/policy.ts';
import { quoteText, shortenText } from '../parse/quote-text.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { SCHEMA_FORMATS, SCHEMA_KEYS, SCHEMA_TYPES } from '../schema/grammar.ts';
import { type ParsedPath, parseArgumentPath, withoutPrefix } from './parse-path.ts';
import type { PatternUse } from './policy-uses.ts';
import {
  type KeyedEntry,
  readList,
  readLiteral,
  readMembers,
  readNamed,
  readNumber,
  readText,
  readWhole,
  readWord,
} from './read-values.ts';
import type { Scope } from './report.ts';
import { type Keyword, reportSchemaContradictions } from './schema-contradictions.ts';

type Reader = (entry: KeyedEntry, patterns: PatternUse[]) => Schema[Keyword] | undefined;

export function readArgumentChecks(node: YamlNode, scope: Scope, patterns: PatternUse[]): ArgumentCheck[] {
  const checks: ArgumentCheck[] = [];
  if (node.kind === 'map' && node.entries.length === 0)
    scope.problem('bad-value', node.position, 'there is no argument in this mapping', 'leave the key out');
  for (const { key, keyPosition, value, scope: below } of readNamed(node, scope)) {
    const parsed = parseUnprefixed(key);
    if (!parsed.ok) below.problem('bad-path', keyPosition, parsed.problem, parsed.suggestion);
    const schema = readSchema(value, below, patterns);
    if (parsed.ok && schema !== undefined)
      checks.push({ path: parsed.path, pathText: key, schema, position: keyPosition });
  }
  return checks;
}

/** Keys of `arguments` are paths into the arguments already. */
function parseUnprefixed(key: string): ParsedPath<ArgumentPath> {
  const rest = withoutPrefix(key, 'args');
  if (rest === null) return parseArgumentPath(key);
  const problem = `argument paths stand without args. here: ${quoteText(key)}`;
  return {
    ok: false,
    problem,
    suggestion: `write ${shortenText(rest)}; an argument called args is ["args"]`,
  };
}

function readSchema(node: YamlNode, scope: Scope, patterns: PatternUse[]): Schema | undefined {
  if (node.kind === 'list') {
    const advice = 'write {enum: […]} for one of these values';
    scope.problem('wrong-type', node.position, 'a list stands where keywords are expected', advice);
    return undefined;
  }
  const members = readMembers(node, scope, SCHEMA_KEYS);
  if (members === undefined) return undefined;
  if (node.kind === 'map' && node.entries.length === 0) {
    scope.problem(
      'bad-value',
      node.position,
      'there is no keyword here, so nothing is checked',
      'say what must hold, such as type: string',
    );
  }
  const schema: Record<string, unknown> = {};
  for (const keyword of Object.keys(members) as Keyword[]) {
    const entry = members[keyword];
    const value = entry === undefined ? undefined : READERS[keyword](entry, patterns);
    if (value !== undefined) schema[keyword] = value;
  }
  reportSchemaContradictions(schema, members);
  return schema;
}

const readCount: Reader = ({ value, scope }) => readWhole(value, scope, 0);
const readBound: Reader = ({ value, scope }) => readNumber(value, scope);
const readNested: Reader = ({ value, scope }, patterns) => readSchema(value, scope, patterns);
const readNestedList: Reader = (entry, patterns) =>
  readFilled(entry)?.flatMap((item) => readSchema(item.node, item.scope, patterns) ?? []);

function readRequired(entry: KeyedEntry): readonly string[] | undefined {
  const { value, scope } = entry;
  if (value.kind !== 'scalar' || typeof value.value !== 'boolean')
    return readFilled(entry)?.flatMap((item) => readText(item.node, item.scope) ?? []);
  const advice = 'an argument that is checked must be there anyway; required lists members of an object';
  scope.problem('wrong-type', value.position, `${value.source} stands where a list is expected`, advice);
  return undefined;
}

const READERS: Readonly<Record<Keyword, Reader>> = {
  type: ({ value, scope }) => {
    const items =
      value.kind === 'list'
        ? readFilled({ keyPosition: value.position, value, scope })
        : [{ node: value, scope }];
    return items?.flatMap((item) => readWord(item.node, item.scope, SCHEMA_TYPES) ?? []);
  },
  enum: (entry) => readFilled(entry)?.map(({ node, scope }) => readLiteral(node, scope)),
  const: ({ value, scope }) => readLiteral(value, scope),
  minimum: readBound,
  maximum: readBound,
  exclusiveMinimum: readBound,
  exclusiveMaximum: readBound,
  multipleOf: ({ value, scope }) => {
    const number = readNumber(value, scope);
    if (number === undefined || compareNumbers(number.number, '0') > 0) return number;
    scope.problem('bad-value', value.position, `multipleOf must be over 0, not ${number.number}`);
    return undefined;
  },
  minLength: readCount,
  maxLength: readCount,
  pattern: ({ value, scope }, patterns) => {
    const pattern = readText(value, scope);
    if (pattern !== undefined) patterns.push({ pattern, position: value.position, path: scope.path });
    return pattern;
  },
  format: ({ value, scope }) => readWord(value, scope, SCHEMA_FORMATS),
  minItems: readCount,
  maxItems: readCount,
  items: readNested,
  properties: ({ value, scope }, patterns) =>
    readNamed(value, scope).flatMap((member) => {
      const schema = readSchema(member.value, member.scope, patterns);
      return schema === undefined ? [] : [[member.key, schema] as const];
    }),
  required: readRequired,
  not: readNested,
  anyOf: readNestedList,
  allOf: readNestedList,
};

/** A list with something in it: an empty one would allow nothing, or everything. */
function readFilled({ value, scope }: KeyedEntry): ReturnType<typeof readList> {
  const items = readList(value, scope);
  if (items?.length === 0)
    scope.problem('contradiction', value.position, 'the list is empty', 'name at least one value');
  return items;
}
