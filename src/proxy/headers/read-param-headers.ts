// Finds in a tool's input schema which arguments are to be said in header fields: `x-mcp-header` (SEP-2243, "Schema
// Extension").
import type { JsonNode, JsonObject } from '../../policy/arguments/json-node.ts';
import type { ParamHeader } from './param-header.ts';

const ANNOTATION = 'x-mcp-header';
/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Of an annotated argument. Not `number`: its decimals have no one spelling. */
const TYPES: ReadonlySet<JsonNode | undefined> = new Set(['string', 'integer', 'boolean']);

/** Keywords of JSON Schema, older drafts included, that hold a schema or a list of schemas. */
const SCHEMA_KEYWORDS: readonly string[] = [
  'items',
  'prefixItems',
  'additionalItems',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  'contentSchema',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
];
/** Keywords that hold schemas under names. */
const NAMED_SCHEMA_KEYWORDS: readonly string[] = [
  'patternProperties',
  'dependentSchemas',
  'dependencies',
  '$defs',
  'definitions',
];

/** Null where one of the annotations is not valid: the tool must not be listed. */
export function readParamHeaders(inputSchema: JsonNode | undefined): readonly ParamHeader[] | null {
  const found: ParamHeader[] = [];
  if (!(inputSchema instanceof Map) || inputSchema.has(ANNOTATION)) {
    return inputSchema instanceof Map ? null : found;
  }
  const isValid = visitChildren(inputSchema, [], found);
  const names = new Set(found.map(({ name }) => name.toLowerCase()));
  return isValid && names.size === found.length ? found : null;
}

/** False where an annotation is not valid. `schema` is reached from the root by `properties` alone. */
function visitProperty(schema: JsonNode, path: readonly string[], found: ParamHeader[]): boolean {
  if (!(schema instanceof Map)) return true;
  const name = schema.get(ANNOTATION);
  if (name !== undefined) {
    if (typeof name !== 'string' || !TOKEN.test(name) || !TYPES.has(schema.get('type'))) return false;
    found.push({ name, path });
  }
  return visitChildren(schema, path, found);
}

function visitChildren(schema: JsonObject, path: readonly string[], found: ParamHeader[]): boolean {
  const properties = schema.get('properties');
  return (
    !elsewhere(schema).some(hasAnnotation) &&
    (!(properties instanceof Map) ||
      [...properties].every(([key, child]) => visitProperty(child, [...path, key], found)))
  );
}

/** Anywhere else than on a chain of `properties` no value of a call belongs to an annotation for sure. */
function hasAnnotation(schema: JsonNode): boolean {
  if (!(schema instanceof Map)) return false;
  if (schema.has(ANNOTATION)) return true;
  return [...elsewhere(schema), ...valuesOf(schema.get('properties'))].some(hasAnnotation);
}

/** The schemas in a schema, without its properties. What stands in values (`default`, `enum`, …) is none. */
function elsewhere(schema: JsonObject): JsonNode[] {
  const plain = SCHEMA_KEYWORDS.flatMap((keyword) => {
    const value = schema.get(keyword) ?? null;
    return Array.isArray(value) ? value : [value];
  });
  return [...plain, ...NAMED_SCHEMA_KEYWORDS.flatMap((keyword) => valuesOf(schema.get(keyword)))];
}

function valuesOf(node: JsonNode | undefined): JsonNode[] {
  return node instanceof Map ? [...node.values()] : [];
}
