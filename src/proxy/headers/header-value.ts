// How texts and arguments stand in header fields of protocol 2026-07-28: as they are, or in base64 where a header field
// would not carry them (SEP-2243, "Value Encoding").
import { isUtf8 } from 'node:buffer';
import { plainDecimal } from '../../../compiler/model/exact-number.ts';
import { type JsonNode, JsonNumber } from '../../policy/arguments/json-node.ts';

const PREFIX = '=?base64?';
const SUFFIX = '?=';
/** RFC 9110, section 5.5, without what is obsolete. */
const FIELD_TEXT = /^[\t\x20-\x7e]*$/;
/** No receiver would take more in a header field. */
const DIGITS_MAX = 1000;

/** Whether a header field carries the text as it is: nothing else than ASCII, and no space that a reader trims. */
export function isPlainText(text: string): boolean {
  return FIELD_TEXT.test(text) && text !== '' && text === trimSpace(text);
}

export function encodeHeaderValue(text: string): string {
  const isPlain = isPlainText(text) && !isWrapped(text);
  return isPlain ? text : `${PREFIX}${Buffer.from(text).toString('base64')}${SUFFIX}`;
}

/** Null where no sender that keeps to the rules wrote it: other characters, or base64 that is none. */
export function decodeHeaderValue(value: string): string | null {
  const text = trimSpace(value);
  if (!FIELD_TEXT.test(text)) return null;
  if (!isWrapped(text)) return text;
  if (text.length < PREFIX.length + SUFFIX.length) return null;
  const source = text.slice(PREFIX.length, -SUFFIX.length);
  const bytes = Buffer.from(source, 'base64');
  // Node skips what is no base64; only what it would write itself is.
  return bytes.toString('base64') === source && isUtf8(bytes) ? bytes.toString() : null;
}

/** Without the spaces and tabs around it, which do not belong to a header field's value. */
export function trimSpace(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isSpace(value[start])) start += 1;
  while (end > start && isSpace(value[end - 1])) end -= 1;
  return value.slice(start, end);
}

/** The text of an argument; null where it has none: it is absent, null, a list, an object or a number of no end. */
export function argumentText(argument: JsonNode | undefined): string | null {
  if (typeof argument === 'string') return argument;
  if (typeof argument === 'boolean') return String(argument);
  return argument instanceof JsonNumber ? plainDecimal(argument.text, DIGITS_MAX) : null;
}

function isWrapped(text: string): boolean {
  return text.startsWith(PREFIX) && text.endsWith(SUFFIX);
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
