// Opens one object: where the value of each of its members stands.
import { enterContainer, hasNextItem, type JsonScanner } from './json-scanner.ts';
import { readKey } from './scan-string.ts';
import { CLOSE_OBJECT, duplicateKey, QUOTE, scanValue } from './scan-value.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Members = ReadonlyMap<string, Span>;

/** Passes the object at `position`. `readMember` passes the value of the member `key`; it is at its start. */
export function readMembers(
  scanner: JsonScanner,
  readMember: (scanner: JsonScanner, key: string) => void = scanValue,
): Members {
  const members = new Map<string, Span>();
  for (let hasMore = enterContainer(scanner, CLOSE_OBJECT); hasMore; ) {
    const key = readKey(scanner);
    if (members.has(key)) throw duplicateKey(key);
    const start = scanner.position;
    readMember(scanner, key);
    members.set(key, { start, end: scanner.position });
    hasMore = hasNextItem(scanner, CLOSE_OBJECT);
  }
  return members;
}

/** The text at `span`, which a scanner has passed; null where there is none or another value. */
export function readTextAt(bytes: Buffer, span: Span | undefined): string | null {
  if (span === undefined || bytes[span.start] !== QUOTE) return null;
  // A copy: a slice of the line's text would keep all of the line in memory for as long as the text lives.
  const source = bytes.toString('utf8', span.start, span.end);
  return source.includes('\\') ? (JSON.parse(source) as string) : source.slice(1, -1);
}
