// Where a strict scan of JSON bytes (RFC 8259) stands, and its smallest steps. The bytes must be valid UTF-8.
import { Rejection } from './rejection.ts';

export interface JsonScanner {
  /** Index of the next byte. */
  position: number;
  /** Containers that are open around it. */
  depth: number;
  readonly bytes: Buffer;
  /** The bytes as Latin-1: one character for each byte. ASCII is sliced from it, which is cheaper than decoding. */
  readonly text: string;
  /** Bounds the recursion as well. */
  readonly maxDepth: number;
}

export function createScanner(bytes: Buffer, maxDepth: number): JsonScanner {
  return { position: 0, depth: 0, bytes, text: bytes.toString('latin1'), maxDepth };
}

/** Skips white space; the byte after it. */
export function skipSpace(scanner: JsonScanner): number | undefined {
  const { bytes } = scanner;
  let at = scanner.position;
  let byte = bytes[at];
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
    at += 1;
    byte = bytes[at];
  }
  scanner.position = at;
  return byte;
}

/** Passes the opening bracket of a container. True: its first item follows. False: it is empty, and passed. */
export function enterContainer(scanner: JsonScanner, close: number): boolean {
  if (scanner.depth >= scanner.maxDepth) {
    throw new Rejection('too-deep', `it is nested over ${scanner.maxDepth} deep`);
  }
  scanner.position += 1;
  if (skipSpace(scanner) === close) {
    scanner.position += 1;
    return false;
  }
  scanner.depth += 1;
  return true;
}

/** After an item. True: another one follows. False: the container ended, and is passed. */
export function hasNextItem(scanner: JsonScanner, close: number): boolean {
  const byte = skipSpace(scanner);
  if (byte === close) {
    scanner.position += 1;
    scanner.depth -= 1;
    return false;
  }
  expectByte(scanner, 0x2c);
  if (skipSpace(scanner) === close) throw unexpected(scanner);
  return true;
}

export function expectByte(scanner: JsonScanner, byte: number): void {
  if (scanner.bytes[scanner.position] !== byte) throw unexpected(scanner);
  scanner.position += 1;
}

export function expectEnd(scanner: JsonScanner): void {
  if (skipSpace(scanner) !== undefined) throw unexpected(scanner);
}

export function unexpected({ bytes, position }: JsonScanner): Rejection {
  const byte = bytes[position];
  const what =
    byte === undefined
      ? 'it ends too early'
      : `byte 0x${byte.toString(16).padStart(2, '0')} is not allowed there`;
  return new Rejection('not-json', `it is not valid JSON: ${what} (byte ${position + 1})`);
}
