// What a tools/call asks for: the tool's name and its arguments, without loss.
import type { JsonObject } from '../../policy/arguments/json-node.ts';
import type { RawParams } from './raw-message.ts';
import { readTextAt } from './read-members.ts';
import { Rejection } from './rejection.ts';

export interface ToolCallParts {
  readonly name: string;
  /** Empty where the call has none. */
  readonly arguments: JsonObject;
}

const NAME_BYTES_MAX = 1024;

/** Throws `Rejection('bad-tool-call')`. */
export function readToolCall(line: Buffer, params: RawParams): ToolCallParts {
  const name = readTextAt(line, params.members.get('name'));
  if (name === null || name === '' || Buffer.byteLength(name) > NAME_BYTES_MAX || /\p{Cc}/u.test(name)) {
    throw new Rejection(
      'bad-tool-call',
      `the tool's name is not a text of 1 to ${NAME_BYTES_MAX} bytes without control characters`,
    );
  }
  const args = params.arguments === undefined ? new Map() : params.arguments;
  if (!(args instanceof Map)) throw new Rejection('bad-tool-call', 'the arguments of the call are no object');
  return { name, arguments: args };
}
