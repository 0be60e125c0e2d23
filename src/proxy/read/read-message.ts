// Reads what a client sends: one strict reading, so that what is judged is what any server will understand.
//
// Rejected is whatever another parser, or another way of splitting lines, could read as a different message: duplicate
// keys (some take the first, some the last), keys that differ only in case (Go takes either), bytes and escapes that are
// no text, a bare carriage return (Python's text mode ends a line there), trailing data, great depth.
import { isUtf8 } from 'node:buffer';
import { createScanner, scanArray, skipSpace, unexpected } from './json-scanner.ts';
import { parseNode } from './parse-node.ts';
import { type RawMessage, readRawMessage, type Span } from './raw-message.ts';
import { Rejection, type RejectionCode } from './rejection.ts';
import { readToolCall, type ToolCallParts } from './tool-call.ts';

const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';

export interface MessageParts {
  readonly kind: 'request' | 'notification' | 'response';
  /** The id's JSON source; null where there is no id. */
  readonly idText: string | null;
  readonly method: string | null;
  /** Where the message stands in the line. */
  readonly start: number;
  readonly end: number;
  readonly toolCall: ToolCallParts | null;
  /** Of `notifications/cancelled`: the id that it cancels, as JSON source. */
  readonly cancelsIdText: string | null;
  /** It carries the `_meta` of protocol 2026-07-28 or later. */
  readonly isModern: boolean;
  /** It asks for a task (protocol 2025-11-25). */
  readonly isTask: boolean;
}

export type Reading =
  | { readonly ok: true; readonly isBatch: boolean; readonly messages: readonly MessageParts[] }
  | {
      readonly ok: false;
      readonly code: RejectionCode;
      readonly detail: string;
      readonly idText: string | null;
    };

/** `line` is one line without its LF. Never throws. */
export function readMessage(line: Buffer, { maxDepth }: { readonly maxDepth: number }): Reading {
  const found: { idText: string | null } = { idText: null };
  try {
    checkBytes(line);
    return readElements(line, maxDepth, found);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { ok: false, code: error.code, detail: error.message, idText: found.idText ?? findId(line) };
  }
}

function checkBytes(line: Buffer): void {
  if (!isUtf8(line)) throw new Rejection('not-utf8', 'it is not UTF-8');
  const carriageReturn = line.indexOf(0x0d);
  if (carriageReturn >= 0 && carriageReturn !== line.length - 1) {
    throw new Rejection(
      'carriage-return',
      'it holds a carriage return, which some servers take for the end of a line',
    );
  }
}

function readElements(line: Buffer, maxDepth: number, found: { idText: string | null }): Reading {
  const scanner = createScanner(line, maxDepth);
  skipSpace(scanner);
  const isBatch = line[scanner.position] === 0x5b;
  const raw: RawMessage[] = [];
  if (isBatch) {
    scanArray(scanner, 0, (_, depth) => void raw.push(readRawMessage(scanner, depth)));
    if (raw.length === 0) throw new Rejection('not-a-message', 'it is an empty batch');
  } else {
    raw.push(
      readRawMessage(scanner, 0, (idText) => {
        found.idText = idText;
      }),
    );
  }
  skipSpace(scanner);
  if (scanner.position < line.length) throw unexpected(scanner);
  return { ok: true, isBatch, messages: raw.map((message) => readParts(line, message)) };
}

function readParts(line: Buffer, raw: RawMessage): MessageParts {
  const { idText, method, params, start, end } = raw;
  return {
    kind: method === null ? 'response' : idText === null ? 'notification' : 'request',
    idText,
    method,
    start,
    end,
    toolCall: method === 'tools/call' && params !== null ? readToolCall(line, params) : null,
    cancelsIdText: method === 'notifications/cancelled' ? cancelledId(line, params) : null,
    isModern: isModern(line, params?.get('_meta')),
    isTask: params?.has('task') ?? false,
  };
}

function cancelledId(line: Buffer, params: RawMessage['params']): string | null {
  const span = params?.get('requestId');
  const idText = span === undefined ? null : line.toString('utf8', span.start, span.end);
  return idText !== null && /^["\d-]/.test(idText) ? idText : null;
}

function isModern(line: Buffer, meta: Span | undefined): boolean {
  if (meta === undefined) return false;
  const value = parseNode(line, meta.start);
  return value instanceof Map && value.has(PROTOCOL_VERSION);
}

/** The id of a message that was rejected, where an ordinary parser can tell it. */
function findId(line: Buffer): string | null {
  try {
    const message: unknown = JSON.parse(line.toString('utf8'));
    const id: unknown =
      typeof message === 'object' && message !== null && 'id' in message ? message.id : null;
    const isExact = typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id));
    return isExact ? JSON.stringify(id) : null;
  } catch {
    return null;
  }
}
