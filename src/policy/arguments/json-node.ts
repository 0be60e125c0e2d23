// A JSON value read without loss: numbers keep their source digits, objects their order and every key.

/** A number as the message spells it, such as `1e2` or `500.010`. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonObject = Map<string, JsonNode>;
export type JsonNode = null | boolean | string | JsonNumber | JsonNode[] | JsonObject;

/** JSON text without white space; members in their order, numbers by their own digits. */
export function printJson(node: JsonNode): string {
  if (node instanceof JsonNumber) return node.text;
  if (Array.isArray(node)) return `[${node.map(printJson).join(',')}]`;
  if (!(node instanceof Map)) return JSON.stringify(node);
  const members = Array.from(node, ([key, value]) => `${JSON.stringify(key)}:${printJson(value)}`);
  return `{${members.join(',')}}`;
}
