// Scans JSON values strictly without building them: the grammar to the letter, and no key twice in one object.
import { enterContainer, hasNextItem, type JsonScanner, unexpected } from './json-scanner.ts';
import { Rejection } from './rejection.ts';
import { readKey, scanString } from './scan-string.ts';

export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const QUOTE = 0x22;

/** Passes the value that starts at `position`. */
export function scanValue(scanner: JsonScanner): void {
  switch (scanner.bytes[scanner.position]) {
    case OPEN_OBJECT:
      scanObject(scanner);
      return;
    case OPEN_ARRAY:
      scanArray(scanner);
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

function scanObject(scanner: JsonScanner): void {
  let seen: string[] | Set<string> = [];
  for (let hasMore = enterContainer(scanner, CLOSE_OBJECT); hasMore; ) {
    seen = noteKey(seen, readKey(scanner));
    scanValue(scanner);
    hasMore = hasNextItem(scanner, CLOSE_OBJECT);
  }
}

const COMPARED_KEYS_MAX = 16;

/** Few keys are compared one by one; many must not cost their square. */
function noteKey(seen: string[] | Set<string>, key: string): string[] | Set<string> {
  if (Array.isArray(seen)) {
    if (seen.includes(key)) throw duplicateKey(key);
    return seen.push(key) > COMPARED_KEYS_MAX ? new Set(seen) : seen;
  }
  const { size } = seen;
  if (seen.add(key).size === size) throw duplicateKey(key);
  return seen;
}

export function duplicateKey(key: string): Rejection {
  return new Rejection('duplicate-key', `the key ${JSON.stringify(key)} stands twice in one object`);
}

function scanArray(scanner: JsonScanner): void {
  for (let hasMore = enterContainer(scanner, CLOSE_ARRAY); hasMore; ) {
    scanValue(scanner);
    hasMore = hasNextItem(scanner, CLOSE_ARRAY);
  }
}

export function scanWord(scanner: JsonScanner, word: string): void {
  if (!scanner.text.startsWith(word, scanner.position)) throw unexpected(scanner);
  scanner.position += word.length;
}

export function scanNumber(scanner: JsonScanner): void {
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

/** At least one digit; the index after them. */
function scanDigits(scanner: JsonScanner, start: number): number {
  const { bytes } = scanner;
  let at = start;
  for (let byte = bytes[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = bytes[at]) at += 1;
  if (at > start) return at;
  scanner.position = at;
  throw unexpected(scanner);
}
