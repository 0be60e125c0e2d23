// One server-sent event: its fields as a reader of the stream sees them, and its bytes as they came.
import { isUtf8 } from 'node:buffer';
import type { ServerEvent } from '../http-exchange.ts';
import { linesOf } from './line-ends.ts';

interface Fields {
  readonly data: Buffer[];
  id: string | null;
  name: string;
  retryMs: number | null;
}

const COLON = 0x3a;
const SPACE = 0x20;
const BYTE_ORDER_MARK = Buffer.from('\u{feff}');

/** A stream may start with a mark; elsewhere it is part of a field's name. */
export function withoutMark(stream: Buffer): Buffer {
  const start = stream.subarray(0, BYTE_ORDER_MARK.length);
  return start.equals(BYTE_ORDER_MARK) ? stream.subarray(BYTE_ORDER_MARK.length) : stream;
}

/** `raw` is a whole event with the empty line that ends it, `text` is what of it is read. */
export function createServerEvent(raw: Buffer, text = raw): ServerEvent {
  const fields: Fields = { data: [], id: null, name: 'message', retryMs: null };
  for (const line of linesOf(text)) readField(line, fields);
  const { data, id, name, retryMs } = fields;
  return { raw, data: joinData(data), id, name, retryMs, withData: (changed) => formatEvent(text, changed) };
}

/** One space after the colon belongs to the colon. A line without a colon is a field without value. */
function readField(line: Buffer, fields: Fields): void {
  const colon = line.indexOf(COLON);
  // A comment, or the end.
  if (colon === 0 || line.length === 0) return;
  const field = fieldOf(line, colon);
  const value = colon < 0 ? line.subarray(line.length) : line.subarray(colon + 1);
  const bare = value[0] === SPACE ? value.subarray(1) : value;
  if (field === 'data') fields.data.push(bare);
  else if (field === 'event') fields.name = bare.length === 0 ? 'message' : bare.toString();
  else if (field === 'id' && !bare.includes(0)) fields.id = bare.toString();
  else if (field === 'retry') fields.retryMs = readRetry(bare.toString()) ?? fields.retryMs;
}

function fieldOf(line: Buffer, colon: number): string {
  return line.toString('latin1', 0, colon < 0 ? line.length : colon);
}

function readRetry(digits: string): number | null {
  return /^\d+$/.test(digits) ? Math.min(Number(digits), Number.MAX_SAFE_INTEGER) : null;
}

/** Readers of a stream see U+FFFD for bytes that are no UTF-8: data that are checked must be the data that are seen. */
function joinData(lines: readonly Buffer[]): Buffer | null {
  const [first] = lines;
  if (first === undefined) return null;
  const data =
    lines.length === 1 ? first : Buffer.concat(lines.flatMap((line, at) => (at ? [LF, line] : [line])));
  return isUtf8(data) ? data : Buffer.from(data.toString());
}

/** All lines but those of the data stay as they were, in their order; the data stand where the first of them stood. */
function formatEvent(text: Buffer, data: Buffer): Buffer {
  const parts: Buffer[] = [];
  let isWritten = false;
  for (const line of linesOf(text)) {
    if (line.length === 0) continue;
    if (fieldOf(line, line.indexOf(COLON)) !== 'data') parts.push(line, LF);
    else if (!isWritten) {
      parts.push(...dataLines(data));
      isWritten = true;
    }
  }
  if (!isWritten) parts.push(...dataLines(data));
  return Buffer.concat([...parts, LF]);
}

function dataLines(data: Buffer): Buffer[] {
  return Array.from(linesOf(data)).flatMap((line) => [DATA, line, LF]);
}

/** A message as an event without id or name. */
export function formatMessage(message: Buffer): Buffer {
  return Buffer.concat([...dataLines(message), LF]);
}

const DATA = Buffer.from('data: ');
const LF = Buffer.from('\n');
