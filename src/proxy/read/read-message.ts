// Reads what a client sends: one strict reading, so that what is judged is what any server will understand.
//
// Rejected is whatever another parser, or another way of splitting lines, could read as a different message: duplicate
// keys (some take the first, some the last), keys that differ only in case (Go takes either), bytes and escapes that are
// no text, a bare carriage return (Python's text mode ends a line there), trailing data, great depth.
import { isUtf8 } from 'node:buffer';
import { findId } from './find-id.ts';
import { createScanner, enterContainer, expectEnd, hasNextItem, skipSpace } from './json-scanner.ts';
import { type OpenedObject, type ReadMessage, readHead } from './message-head.ts';
import { parseNode } from './parse-node.ts';
import { type RawMessage, type RawParams, readRawMessage } from './raw-message.ts';
import type { Span } from './read-members.ts';
import { Rejection, type RejectionCode } from './rejection.ts';
import { CLOSE_ARRAY, OPEN_ARRAY } from './scan-value.ts';
import { readToolCall, type ToolCallParts } from './tool-call.ts';

export interface MessageParts extends ReadMessage, Span {
  /** Where the members of its params stand, and those of their `_meta`; null where params is no object. */
  readonly params: OpenedObject | null;
  readonly paramsSpan: Span | null;
  readonly toolCall: ToolCallParts | null;
  /** It asks for a task (protocol 2025-11-25). */
  readonly isTask: boolean;
  /** It listens, among others, to changes of the tool list (`subscriptions/listen`). */
  readonly wantsToolChanges: boolean;
}

export interface ReadLine {
  readonly ok: true;
  readonly isBatch: boolean;
  readonly messages: readonly MessageParts[];
}

export type Reading =
  | ReadLine
  | {
      readonly ok: false;
      readonly code: RejectionCode;
      readonly detail: string;
      readonly idText: string | null;
    };

const DEPTH_MAX = 128;
/** Work on a batch grows faster than the batch: a few megabytes of small calls would stop the sidecar for everybody. */
const BATCH_MAX = 1000;

export interface ReadingRules {
  /** For messages that no line break ends, such as bodies of HTTP: a server reads them to their end. */
  readonly allowsLineBreaks?: boolean;
}

/** `line` is one line without its LF; a CR may end it. Never throws. */
export function readMessage(line: Buffer, { allowsLineBreaks = false }: ReadingRules = {}): Reading {
  try {
    if (!isUtf8(line)) throw new Rejection('not-utf8', 'it is not UTF-8');
    if (!allowsLineBreaks) checkBreaks(line);
    return readElements(line);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { ok: false, code: error.code, detail: error.message, idText: findId(line) };
  }
}

function checkBreaks(line: Buffer): void {
  const carriageReturn = line.indexOf(0x0d);
  const isInside = carriageReturn >= 0 && carriageReturn !== line.length - 1;
  if (isInside || line.includes(0x0a)) {
    throw new Rejection('line-break', 'it holds a line break (CR or LF), where some servers end the message');
  }
}

function readElements(line: Buffer): Reading {
  const scanner = createScanner(line, DEPTH_MAX);
  const isBatch = skipSpace(scanner) === OPEN_ARRAY;
  const raw: RawMessage[] = [];
  if (isBatch) {
    for (let hasMore = enterContainer(scanner, CLOSE_ARRAY); hasMore; ) {
      if (raw.length === BATCH_MAX)
        throw new Rejection('not-a-message', `it is a batch of over ${BATCH_MAX} messages`);
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

/** Field by field: to spread the head would cost more than to read it. */
function readParts(line: Buffer, { members, method, params, start, end }: RawMessage): MessageParts {
  const head = readHead({ bytes: line, members, method, params, result: null });
  return {
    kind: head.kind,
    idText: head.idText,
    method,
    progressTokenText: head.progressTokenText,
    cancelsIdText: isId(head.cancelsIdText) ? head.cancelsIdText : null,
    subscriptionIdText: head.subscriptionIdText,
    isError: head.isError,
    isModern: head.isModern,
    places: head.places,
    start,
    end,
    params,
    paramsSpan: members.get('params') ?? null,
    toolCall: method === 'tools/call' && params !== null ? readToolCall(line, params) : null,
    isTask: params?.members.has('task') ?? false,
    wantsToolChanges: method === 'subscriptions/listen' && wantsToolChanges(line, params),
  };
}

function wantsToolChanges(line: Buffer, params: RawParams | null): boolean {
  const span = params?.members.get('notifications');
  const wanted = span === undefined ? null : parseNode(line, span.start);
  return wanted instanceof Map && wanted.get('toolsListChanged') === true;
}

function isId(text: string | null): boolean {
  return text !== null && /^["\d-]/.test(text);
}
