// Reads one tool of a `tools/list` answer, taking what is well formed and passing over the rest: a scan must show every tool.
import type { ScannedParameter, ScannedTool } from './scanned-tool.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Null where the item has no name, so that nobody could call it. */
export function readTool(item: unknown): ScannedTool | null {
  if (!isFields(item) || typeof item.name !== 'string') return null;
  const annotations = isFields(item.annotations) ? item.annotations : {};
  return {
    name: item.name,
    description: firstText(item.description, item.title, annotations.title),
    readOnly: hint(annotations.readOnlyHint),
    destructive: hint(annotations.destructiveHint),
    parameters: isFields(item.inputSchema) ? readParameters(item.inputSchema) : [],
  };
}

function readParameters(schema: Fields): ScannedParameter[] {
  if (!isFields(schema.properties)) return [];
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    if (!isFields(property)) return [];
    const types = [property.type].flat().filter((type) => typeof type === 'string');
    return [{ name, types, isRequired: required.includes(name), values: readValues(property) }];
  });
}

/** An enum with a value that is no scalar is left out whole: a part of it would be another rule. */
function readValues(property: Fields): ScannedParameter['values'] {
  const values: unknown = property.enum;
  return Array.isArray(values) && values.length > 0 && values.every(isScalar) ? values : null;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hint(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function firstText(...values: readonly unknown[]): string | null {
  return (
    (values.find((value) => typeof value === 'string' && value.trim() !== '') as string | undefined) ?? null
  );
}
