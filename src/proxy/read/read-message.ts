// Reads what a client sends: one strict reading, so that what is judged is what any server will understand.
//
// Rejected is whatever another parser, or another way of splitting lines, could read as a different message: duplicate
// keys (some take the first, some the last), keys that differ only in case (Go takes either), bytes and escapes that are
// no text, a bare carriage return (Python's text mode ends a line there), trailing data, great depth.
import { isUtf8 } from 'node:buffer';
import { findId } from './find-id.ts';
import { createScanner, enterContainer, expectEnd, hasNextItem, skipSpace } from './json-scanner.ts';
import { type RawMessage, type RawParams, readRawMessage } from './raw-message.ts';
import { Rejection, type RejectionCode } from './rejection.ts';
import { CLOSE_ARRAY, OPEN_ARRAY } from './scan-value.ts';
import { readToolCall, type ToolCallParts } from './tool-call.ts';

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

/** `line` is one line without its LF; a CR may end it. Never throws. */
export function readMessage(line: Buffer, { maxDepth }: { readonly maxDepth: number }): Reading {
  try {
    checkBytes(line);
    return readElements(line, maxDepth);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { ok: false, code: error.code, detail: error.message, idText: findId(line) };
  }
}

function checkBytes(line: Buffer): void {
  if (!isUtf8(line)) throw new Rejection('not-utf8', 'it is not UTF-8');
  const carriageReturn = line.indexOf(0x0d);
  const isInside = carriageReturn >= 0 && carriageReturn !== line.length - 1;
  if (isInside || line.includes(0x0a)) {
    throw new Rejection('line-break', 'it holds a line break (CR or LF), where some servers end the message');
  }
}

function readElements(line: Buffer, maxDepth: number): Reading {
  const scanner = createScanner(line, maxDepth);
  const isBatch = skipSpace(scanner) === OPEN_ARRAY;
  const raw: RawMessage[] = [];
  if (isBatch) {
    for (let hasMore = enterContainer(scanner, CLOSE_ARRAY); hasMore; ) {
      raw.push(readRawMessage(scanner));
      hasMore = hasNextItem(scanner, CLOSE_ARRAY);
    }
    if (raw.length === 0) throw new Rejection('not-a-message', 'it is an empty batch');
  } else {
    raw.push(readRawMessage(scanner));
  }
  expectEnd(scanner);
  return { ok: true, isBatch, messages: raw.map((message) => readParts(line, message)) };
}

function readParts(line: Buffer, { idText, method, params, start, end }: RawMessage): MessageParts {
  return {
    kind: method === null ? 'response' : idText === null ? 'notification' : 'request',
    idText,
    method,
    start,
    end,
    toolCall: method === 'tools/call' && params !== null ? readToolCall(line, params) : null,
    cancelsIdText: method === 'notifications/cancelled' ? cancelledId(line, params) : null,
    isModern: params?.isModern ?? false,
    isTask: params?.members.has('task') ?? false,
  };
}

function cancelledId(line: Buffer, params: RawParams | null): string | null {
  const span = params?.members.get('requestId');
  const idText = span === undefined ? null : line.toString('utf8', span.start, span.end);
  return idText !== null && /^["\d-]/.test(idText) ? idText : null;
}
