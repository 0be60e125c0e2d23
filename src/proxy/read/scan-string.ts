// Scans JSON strings strictly, keys among them: no raw control characters, no lone surrogates, only JSON's own escapes.
import { expectByte, type JsonScanner, skipSpace, unexpected } from './json-scanner.ts';
import { Rejection } from './rejection.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How the bytes of a string become its text. */
type Spelling = 'ascii' | 'utf8' | 'escaped';

/** Passes a string. */
export function scanString(scanner: JsonScanner): Spelling {
  const { bytes } = scanner;
  let at = scanner.position + 1;
  let allBits = 0;
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
      allBits |= byte;
      at += 1;
    }
  }
  scanner.position = at + 1;
  return hasEscapes ? 'escaped' : allBits > 0x7f ? 'utf8' : 'ascii';
}

/** Passes a string and decodes it. */
export function readString(scanner: JsonScanner): string {
  const start = scanner.position;
  const spelling = scanString(scanner);
  const { bytes, text, position: end } = scanner;
  switch (spelling) {
    case 'ascii':
      return text.slice(start + 1, end - 1);
    case 'utf8':
      return bytes.toString('utf8', start + 1, end - 1);
    case 'escaped':
      return JSON.parse(bytes.toString('utf8', start, end)) as string;
  }
}

/** Passes a member's key and colon; its value follows. */
export function readKey(scanner: JsonScanner): string {
  if (scanner.bytes[scanner.position] !== QUOTE) throw unexpected(scanner);
  const key = readString(scanner);
  // C's strings end at NUL: there `"amount\u0000"` is `amount`, and the first of the two counts.
  if (key.includes('\0')) {
    throw new Rejection('ambiguous-key', `the key ${JSON.stringify(key)} holds a NUL, which ends texts in C`);
  }
  skipSpace(scanner);
  expectByte(scanner, 0x3a);
  skipSpace(scanner);
  return key;
}

/** `at` is the backslash; the index after the escape, both halves of a surrogate pair taken together. */
function scanEscape(scanner: JsonScanner, at: number): number {
  const letter = scanner.text[at + 1];
  if (letter !== 'u') {
    if (letter === undefined || !'"\\/bfnrt'.includes(letter)) {
      scanner.position = at;
      throw unexpected(scanner);
    }
    return at + 2;
  }
  const unit = readCodeUnit(scanner, at);
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  const isPair = unit < 0xdc00 && scanner.text.startsWith('\\u', at + 6);
  const low = isPair ? readCodeUnit(scanner, at + 6) : 0;
  if (low < 0xdc00 || low > 0xdfff) {
    throw new Rejection('lone-surrogate', 'a text holds half of a surrogate pair');
  }
  return at + 12;
}

/** Of the escape `\uXXXX` at `at`. */
function readCodeUnit(scanner: JsonScanner, at: number): number {
  const digits = scanner.text.slice(at + 2, at + 6);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
    scanner.position = at;
    throw unexpected(scanner);
  }
  return Number.parseInt(digits, 16);
}
