// Reads what a server sends. It passes to the client unchanged, so this reading only looks for what the proxy needs: which
// request an answer belongs to, where a list of tools stands, and whether a tool reported an error.
import { isUtf8 } from 'node:buffer';
import {
  createScanner,
  enterContainer,
  expectEnd,
  hasNextItem,
  type JsonScanner,
  skipSpace,
} from './json-scanner.ts';
import { type Members, readMembers, readTextAt, type Span } from './read-members.ts';
import { Rejection } from './rejection.ts';
import { CLOSE_ARRAY, OPEN_ARRAY, OPEN_OBJECT, scanValue } from './scan-value.ts';

export interface ServerMessage extends Span {
  readonly kind: 'request' | 'notification' | 'response';
  /** The id's JSON source, whatever it is; null where there is none. */
  readonly idText: string | null;
  readonly method: string | null;
  /** Of a response: `result`, and its member `tools` where that is an array. */
  readonly result: Span | null;
  readonly tools: Span | null;
  readonly isError: boolean;
  /** The result has `isError: true`. */
  readonly isToolError: boolean;
}

export type ServerLine =
  /** No JSON object or array: something the server printed. */
  | { readonly kind: 'noise' }
  | { readonly kind: 'messages'; readonly messages: readonly ServerMessage[] }
  /** JSON to an ordinary parser, but not to a strict one. */
  | { readonly kind: 'unclear'; readonly parsed: object };

/** Results nest as deep as tools like; this only bounds the recursion. */
const DEPTH_MAX = 1000;

/** `line` is one line without its LF. Never throws. */
export function readServerLine(line: Buffer): ServerLine {
  const scanner = createScanner(line, DEPTH_MAX);
  const first = skipSpace(scanner);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return { kind: 'noise' };
  try {
    if (!isUtf8(line)) throw new Rejection('not-utf8', 'it is not UTF-8');
    return { kind: 'messages', messages: readMessages(scanner, first === OPEN_ARRAY) };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return readLeniently(line);
  }
}

function readMessages(scanner: JsonScanner, isBatch: boolean): ServerMessage[] {
  const messages: ServerMessage[] = [];
  if (isBatch) {
    for (let hasMore = enterContainer(scanner, CLOSE_ARRAY); hasMore; ) {
      messages.push(readServerMessage(scanner));
      hasMore = hasNextItem(scanner, CLOSE_ARRAY);
    }
  } else {
    messages.push(readServerMessage(scanner));
  }
  expectEnd(scanner);
  return messages;
}

function readServerMessage(scanner: JsonScanner): ServerMessage {
  const { bytes, position: start } = scanner;
  if (bytes[start] !== OPEN_OBJECT) throw new Rejection('not-a-message', 'it is no object');
  let inResult: Members | null = null;
  const members = readMembers(scanner, (_, key) => {
    if (key === 'result' && bytes[scanner.position] === OPEN_OBJECT) inResult = readMembers(scanner);
    else scanValue(scanner);
  });
  return { start, end: scanner.position, ...describe(bytes, members, inResult) };
}

function describe(
  bytes: Buffer,
  members: Members,
  inResult: Members | null,
): Omit<ServerMessage, keyof Span> {
  const id = members.get('id');
  const method = members.get('method');
  const tools = inResult?.get('tools');
  const isError = inResult?.get('isError');
  return {
    kind: method === undefined ? 'response' : id === undefined ? 'notification' : 'request',
    idText: id === undefined ? null : bytes.toString('utf8', id.start, id.end),
    method: readTextAt(bytes, method),
    result: members.get('result') ?? null,
    tools: tools !== undefined && bytes[tools.start] === OPEN_ARRAY ? tools : null,
    isError: members.has('error'),
    isToolError: isError !== undefined && bytes[isError.start] === 0x74,
  };
}

function readLeniently(line: Buffer): ServerLine {
  try {
    const parsed: unknown = JSON.parse(line.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? { kind: 'unclear', parsed } : { kind: 'noise' };
  } catch {
    return { kind: 'noise' };
  }
}
