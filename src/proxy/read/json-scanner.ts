// Scans JSON bytes strictly (RFC 8259), without building values: the grammar to the letter, no duplicate keys, no lone
// surrogates, bounded depth. The bytes must be valid UTF-8. Depth bounds the recursion.
import { Rejection } from './rejection.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Scans the value at `position`, which is `depth` containers deep. */
export type ScanAt = (scanner: JsonScanner, depth: number) => void;
/** The same for a member's value; `key` is decoded. */
export type ScanMember = (scanner: JsonScanner, depth: number, key: string) => void;

export interface JsonScanner {
  /** Index of the next byte. */
  position: number;
  readonly bytes: Buffer;
  readonly maxDepth: number;
}

export function createScanner(bytes: Buffer, maxDepth: number): JsonScanner {
  return { bytes, maxDepth, position: 0 };
}

export function skipSpace(scanner: JsonScanner): void {
  const { bytes } = scanner;
  let at = scanner.position;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  scanner.position = at;
}

/** Scans one value; `position` is after it then. `depth` counts the containers around it. */
export function scanValue(scanner: JsonScanner, depth: number): void {
  switch (scanner.bytes[scanner.position]) {
    case 0x7b:
      scanObject(scanner, depth, scanValue);
      return;
    case 0x5b:
      scanArray(scanner, depth, scanValue);
      return;
    case QUOTE:
      scanString(scanner);
      return;
    case 0x74:
      scanWord(scanner, 'true');
      return;
    case 0x66:
      scanWord(scanner, 'false');
      return;
    case 0x6e:
      scanWord(scanner, 'null');
      return;
    default:
      scanNumber(scanner);
  }
}

/** `scanMember` is called at the start of each member's value and passes it. */
export function scanObject(scanner: JsonScanner, depth: number, scanMember: ScanMember): void {
  enter(scanner, depth);
  const keys: string[] = [];
  let seen: Set<string> | null = null;
  for (let isFirst = true; !closes(scanner, 0x7d, isFirst); isFirst = false) {
    if (scanner.bytes[scanner.position] !== QUOTE) throw unexpected(scanner);
    const key = readString(scanner);
    if (seen === null ? keys.includes(key) : seen.has(key)) {
      throw new Rejection('duplicate-key', `the key ${JSON.stringify(key)} stands twice in one object`);
    }
    // Few keys are compared one by one; many must not cost their square.
    if (seen !== null) seen.add(key);
    else if (keys.push(key) > 16) seen = new Set(keys);
    skipSpace(scanner);
    expect(scanner, COLON);
    skipSpace(scanner);
    scanMember(scanner, depth + 1, key);
  }
}

/** `scanElement` is called at the start of each element and passes it. */
export function scanArray(scanner: JsonScanner, depth: number, scanElement: ScanAt): void {
  enter(scanner, depth);
  for (let isFirst = true; !closes(scanner, 0x5d, isFirst); isFirst = false) scanElement(scanner, depth + 1);
}

function enter(scanner: JsonScanner, depth: number): void {
  if (depth >= scanner.maxDepth)
    throw new Rejection('too-deep', `it is nested over ${scanner.maxDepth} deep`);
  scanner.position += 1;
}

/** Goes to the next member or element; true at the end of the container, which is passed. */
function closes(scanner: JsonScanner, end: number, isFirst: boolean): boolean {
  skipSpace(scanner);
  if (scanner.bytes[scanner.position] === end) {
    scanner.position += 1;
    return true;
  }
  if (isFirst) return false;
  expect(scanner, COMMA);
  skipSpace(scanner);
  if (scanner.bytes[scanner.position] === end) throw unexpected(scanner);
  return false;
}

/** Scans a string and decodes it. */
export function readString(scanner: JsonScanner): string {
  const start = scanner.position;
  const hasEscapes = scanString(scanner);
  if (hasEscapes) return JSON.parse(scanner.bytes.toString('utf8', start, scanner.position)) as string;
  return scanner.bytes.toString('utf8', start + 1, scanner.position - 1);
}

/** True where the string holds escapes. */
function scanString(scanner: JsonScanner): boolean {
  const { bytes } = scanner;
  let at = scanner.position + 1;
  let hasEscapes = false;
  for (;;) {
    const byte = bytes[at];
    if (byte === QUOTE) break;
    if (byte === undefined || byte < 0x20) {
      scanner.position = at;
      throw unexpected(scanner);
    }
    if (byte === BACKSLASH) {
      hasEscapes = true;
      at = scanEscape(scanner, at);
    } else {
      at += 1;
    }
  }
  scanner.position = at + 1;
  return hasEscapes;
}

/** `at` is the backslash; the index after the escape, both halves of a surrogate pair taken together. */
function scanEscape(scanner: JsonScanner, at: number): number {
  const { bytes } = scanner;
  const letter = bytes[at + 1];
  if (letter !== 0x75) {
    if (letter === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(letter))) {
      scanner.position = at;
      throw unexpected(scanner);
    }
    return at + 2;
  }
  const unit = readHex(scanner, at + 2);
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  const isPair = unit < 0xdc00 && bytes[at + 6] === BACKSLASH && bytes[at + 7] === 0x75;
  const low = isPair ? readHex(scanner, at + 8) : 0;
  if (low < 0xdc00 || low > 0xdfff)
    throw new Rejection('lone-surrogate', 'a text holds half of a surrogate pair');
  return at + 12;
}

function readHex(scanner: JsonScanner, at: number): number {
  const text = scanner.bytes.toString('latin1', at, at + 4);
  if (!/^[0-9a-fA-F]{4}$/.test(text)) {
    scanner.position = at;
    throw unexpected(scanner);
  }
  return Number.parseInt(text, 16);
}

function scanNumber(scanner: JsonScanner): void {
  const { bytes } = scanner;
  let at = scanner.position;
  if (bytes[at] === 0x2d) at += 1;
  if (bytes[at] === 0x30) at += 1;
  else at = scanDigits(scanner, at);
  if (bytes[at] === 0x2e) at = scanDigits(scanner, at + 1);
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const hasSign = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d;
    at = scanDigits(scanner, at + (hasSign ? 2 : 1));
  }
  scanner.position = at;
}

function scanDigits(scanner: JsonScanner, start: number): number {
  let at = start;
  while (isDigit(scanner.bytes[at])) at += 1;
  if (at > start) return at;
  scanner.position = at;
  throw unexpected(scanner);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function scanWord(scanner: JsonScanner, word: string): void {
  const end = scanner.position + word.length;
  if (scanner.bytes.toString('latin1', scanner.position, end) !== word) throw unexpected(scanner);
  scanner.position = end;
}

function expect(scanner: JsonScanner, byte: number): void {
  if (scanner.bytes[scanner.position] !== byte) throw unexpected(scanner);
  scanner.position += 1;
}

export function unexpected({ bytes, position }: JsonScanner): Rejection {
  const byte = bytes[position];
  const what =
    byte === undefined
      ? 'it ends too early'
      : `byte 0x${byte.toString(16).padStart(2, '0')} is not allowed there`;
  return new Rejection('not-json', `it is not valid JSON: ${what} (byte ${position + 1})`);
}
