// What a tools/call asks for: the tool's name and its arguments, without loss.
import type { JsonObject } from '../../policy/json-node.ts';
import { parseNode } from './parse-node.ts';
import { readTextAt, type Span } from './raw-message.ts';
import { Rejection } from './rejection.ts';

export interface ToolCallParts {
  readonly name: string;
  /** Empty where the call has none. */
  readonly arguments: JsonObject;
}

const NAME_MAX = 1024;

/** Throws `Rejection('bad-tool-call')`. */
export function readToolCall(line: Buffer, params: ReadonlyMap<string, Span>): ToolCallParts {
  const nameSpan = params.get('name');
  const name = nameSpan === undefined ? null : readTextAt(line, nameSpan);
  if (name === null || name === '' || name.length > NAME_MAX || /\p{Cc}/u.test(name)) {
    throw new Rejection('bad-tool-call', `the name of the tool is not a text of 1 to ${NAME_MAX} characters`);
  }
  const argumentsSpan = params.get('arguments');
  const args = argumentsSpan === undefined ? new Map() : parseNode(line, argumentsSpan.start);
  if (!(args instanceof Map)) throw new Rejection('bad-tool-call', 'the arguments of the call are no object');
  return { name, arguments: args };
}
