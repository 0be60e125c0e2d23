// One argument of a tool that is said in a header field as well.
import type { JsonNode, JsonObject } from '../../policy/arguments/json-node.ts';

export interface ParamHeader {
  /** What follows `Mcp-Param-` in the field's name. */
  readonly name: string;
  /** The keys that lead to the argument. */
  readonly path: readonly string[];
}

export function headerNameOf({ name }: ParamHeader): string {
  return `Mcp-Param-${name}`;
}

/** Undefined where the call has no such argument. */
export function argumentAt(args: JsonObject, { path }: ParamHeader): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>(
    (node, key) => (node instanceof Map ? node.get(key) : undefined),
    args,
  );
}
