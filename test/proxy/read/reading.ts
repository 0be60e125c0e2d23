// What the tests of the reader share: readings of texts and bytes, and trees as plain values.
import { type JsonNode, JsonNumber } from '../../../src/policy/arguments/json-node.ts';
import { type MessageParts, type Reading, readMessage } from '../../../src/proxy/read/read-message.ts';

export function read(line: string | Buffer): Reading {
  return readMessage(typeof line === 'string' ? Buffer.from(line) : line);
}

/** The only message of a line that must be accepted. */
export function readOne(line: string | Buffer): MessageParts {
  const reading = read(line);
  if (!reading.ok) throw new Error(`rejected: ${reading.code}: ${reading.detail}`);
  const [message] = reading.messages;
  if (message === undefined || reading.messages.length > 1) throw new Error('not one message');
  return message;
}

/** `accepted`, or why not. */
export function verdict(line: string | Buffer): string {
  const reading = read(line);
  return reading.ok ? 'accepted' : reading.code;
}

/** A tools/call with these members after its name. */
export function call(members: string): string {
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t",${members}}}`;
}

/** As JSON.parse would give it. */
export function toPlain(node: JsonNode): unknown {
  if (node instanceof JsonNumber) return Number(node.text);
  if (Array.isArray(node)) return node.map(toPlain);
  if (node instanceof Map)
    return Object.fromEntries(Array.from(node, ([key, value]) => [key, toPlain(value)]));
  return node;
}

/** Start of a request. */
export const HEAD = '"jsonrpc":"2.0","id":1';

/** That many members. */
export function many(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":${index}`).join(',');
}
