// Finds the id of a message that was rejected, so that whoever sent it hears of it. The message may be broken anywhere:
// only brackets and strings are followed, and nothing is built, whatever its size and depth.
import { isUtf8 } from 'node:buffer';
import { createScanner, skipSpace } from './json-scanner.ts';
import { Rejection } from './rejection.ts';
import { scanString } from './scan-string.ts';
import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, QUOTE, scanNumber } from './scan-value.ts';

const COLON = 0x3a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const WANTED = new Set(['id', 'method', 'result', 'error']);
/** The longest spelling of a wanted key: every letter of `method` escaped, and two quotes. */
const KEY_BYTES_MAX = 38;
const TWICE = -1;

/** The id's JSON source, or null: there is none, more than one, or none of a request. */
export function findId(line: Buffer): string | null {
  const starts = findMembers(line);
  // An answer's id is one of the server's: the client would take it for one of its own requests.
  const isAnswer = !starts.has('method') && (starts.has('result') || starts.has('error'));
  return isAnswer ? null : findIdAt(line, starts);
}

/** `starts` are those of the line's members. Null where there is no id, or more than one. */
export function findIdAt(line: Buffer, starts: ReadonlyMap<string, number>): string | null {
  const start = starts.get('id') ?? TWICE;
  return start === TWICE ? null : readId(line, start);
}

/** Where the values of the wanted members of the outermost object start. */
export function findMembers(line: Buffer): Map<string, number> {
  const starts = new Map<string, number>();
  const first = skipSpaceFrom(line, 0);
  if (line[first] !== OPEN_OBJECT) return starts;
  let depth = 0;
  for (let at = first; at < line.length; at += 1) {
    const byte = line[at];
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    else if (byte === QUOTE) {
      const end = endOfString(line, at);
      if (depth === 1) noteMember(line, { start: at, end }, starts);
      at = end - 1;
    }
  }
  return starts;
}

function noteMember(line: Buffer, key: { start: number; end: number }, starts: Map<string, number>): void {
  const colon = skipSpaceFrom(line, key.end);
  if (line[colon] !== COLON || key.end - key.start > KEY_BYTES_MAX) return;
  const name = decodeKey(line.toString('utf8', key.start, key.end));
  if (name === null || !WANTED.has(name)) return;
  starts.set(name, starts.has(name) ? TWICE : skipSpaceFrom(line, colon + 1));
}

function decodeKey(source: string): string | null {
  try {
    return JSON.parse(source) as string;
  } catch {
    return null;
  }
}

function readId(line: Buffer, start: number): string | null {
  const scanner = createScanner(line.subarray(start), 0);
  try {
    if (line[start] === QUOTE) scanString(scanner);
    else scanNumber(scanner);
  } catch (error) {
    if (error instanceof Rejection) return null;
    throw error;
  }
  const source = line.subarray(start, start + scanner.position);
  const next = skipSpace(scanner);
  const isWhole = next === COMMA || next === CLOSE_OBJECT;
  return isWhole && isUtf8(source) ? source.toString() : null;
}

/** `at` is the opening quote; the index after the closing one. */
function endOfString(line: Buffer, start: number): number {
  for (let at = start + 1; at < line.length; at += 1) {
    if (line[at] === QUOTE) return at + 1;
    if (line[at] === BACKSLASH) at += 1;
  }
  return line.length;
}

function skipSpaceFrom(line: Buffer, start: number): number {
  let at = start;
  for (
    let byte = line[at];
    byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
    byte = line[at]
  ) {
    at += 1;
  }
  return at;
}
