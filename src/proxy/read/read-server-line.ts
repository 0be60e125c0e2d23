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
import {
  type MessageSource,
  type OpenedObject,
  openObject,
  type ReadMessage,
  readHead,
} from './message-head.ts';
import { readMembers, readTextAt, type Span } from './read-members.ts';
import { Rejection } from './rejection.ts';
import { CLOSE_ARRAY, OPEN_ARRAY, OPEN_OBJECT, scanValue } from './scan-value.ts';

export interface ServerMessage extends ReadMessage, Span {
  /** Of a response: `result`, and its member `tools` where that is an array. */
  readonly result: Span | null;
  readonly tools: Span | null;
  /** Its member `cacheScope` (protocol 2026-07-28): who else may be served the same answer. */
  readonly cacheScope: Span | null;
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
  let result: OpenedObject | null = null;
  let params: OpenedObject | null = null;
  const members = readMembers(scanner, (_, key) => {
    const isObject = bytes[scanner.position] === OPEN_OBJECT;
    if (key === 'result' && isObject) result = openObject(scanner);
    else if (key === 'params' && isObject) params = openObject(scanner);
    else scanValue(scanner);
  });
  const method = members.has('method') ? (readTextAt(bytes, members.get('method')) ?? '') : null;
  return describeMessage({ bytes, members, method, params, result }, { start, end: scanner.position });
}

function describeMessage(source: MessageSource, { start, end }: Span): ServerMessage {
  const { bytes, members, result } = source;
  const head = readHead(source);
  const tools = result?.members.get('tools');
  const isError = result?.members.get('isError');
  return {
    kind: head.kind,
    idText: head.idText,
    method: head.method,
    progressTokenText: head.progressTokenText,
    cancelsIdText: head.cancelsIdText,
    subscriptionIdText: head.subscriptionIdText,
    isError: head.isError,
    isModern: head.isModern,
    places: head.places,
    start,
    end,
    result: members.get('result') ?? null,
    tools: tools !== undefined && bytes[tools.start] === OPEN_ARRAY ? tools : null,
    cacheScope: result?.members.get('cacheScope') ?? null,
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
