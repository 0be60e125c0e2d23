// Reads what a server sends. It passes to the client unchanged, so this reading only looks for what the proxy needs: which
// request an answer belongs to, where a list of tools stands, and whether a tool reported an error.
import { isUtf8 } from 'node:buffer';
import {
  createScanner,
  type JsonScanner,
  scanArray,
  scanObject,
  scanValue,
  skipSpace,
  unexpected,
} from './json-scanner.ts';
import { readMembers, readTextAt, type Span } from './raw-message.ts';
import { Rejection } from './rejection.ts';

export interface ServerMessage extends Span {
  readonly kind: 'request' | 'notification' | 'response';
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
  skipSpace(scanner);
  const first = line[scanner.position];
  if (first !== 0x7b && first !== 0x5b) return { kind: 'noise' };
  try {
    if (!isUtf8(line)) throw new Rejection('not-utf8', 'it is not UTF-8');
    return { kind: 'messages', messages: readMessages(scanner, first === 0x5b) };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return readLeniently(line);
  }
}

function readMessages(scanner: JsonScanner, isBatch: boolean): ServerMessage[] {
  const messages: ServerMessage[] = [];
  if (isBatch) scanArray(scanner, 0, (_, depth) => void messages.push(readServerMessage(scanner, depth)));
  else messages.push(readServerMessage(scanner, 0));
  skipSpace(scanner);
  if (scanner.position < scanner.bytes.length) throw unexpected(scanner);
  return messages;
}

function readServerMessage(scanner: JsonScanner, depth: number): ServerMessage {
  const { bytes, position: start } = scanner;
  if (bytes[start] !== 0x7b) throw new Rejection('not-a-message', 'it is no object');
  const members = new Map<string, Span>();
  let inResult: ReadonlyMap<string, Span> | null = null;
  scanObject(scanner, depth, (_, below, key) => {
    const from = scanner.position;
    if (key === 'result' && bytes[from] === 0x7b) inResult = readMembers(scanner, below);
    else scanValue(scanner, below);
    members.set(key, { start: from, end: scanner.position });
  });
  return { start, end: scanner.position, ...describe(bytes, members, inResult) };
}

function describe(
  bytes: Buffer,
  members: ReadonlyMap<string, Span>,
  inResult: ReadonlyMap<string, Span> | null,
): Omit<ServerMessage, keyof Span> {
  const id = members.get('id');
  const method = members.get('method');
  const tools = inResult?.get('tools');
  const isError = inResult?.get('isError');
  return {
    kind: method === undefined ? 'response' : id === undefined ? 'notification' : 'request',
    idText: id === undefined ? null : bytes.toString('utf8', id.start, id.end),
    method: method === undefined ? null : readTextAt(bytes, method),
    result: members.get('result') ?? null,
    tools: tools !== undefined && bytes[tools.start] === 0x5b ? tools : null,
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
