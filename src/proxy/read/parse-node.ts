// Builds the lossless tree of a JSON value from bytes that were scanned strictly before.
import { type JsonNode, JsonNumber, type JsonObject } from '../../policy/json-node.ts';

/** At `start` stands a value that the scanner has passed. */
export function parseNode(bytes: Buffer, start: number): JsonNode {
  const reader = { bytes, position: start };
  return readNode(reader);
}

interface NodeReader {
  readonly bytes: Buffer;
  position: number;
}

function readNode(reader: NodeReader): JsonNode {
  switch (nextByte(reader)) {
    case 0x7b:
      return readObject(reader);
    case 0x5b:
      return readArray(reader);
    case 0x22:
      return readText(reader);
    case 0x74:
      reader.position += 4;
      return true;
    case 0x66:
      reader.position += 5;
      return false;
    case 0x6e:
      reader.position += 4;
      return null;
    default:
      return readNumber(reader);
  }
}

function readObject(reader: NodeReader): JsonObject {
  const object: JsonObject = new Map();
  reader.position += 1;
  while (nextByte(reader) !== 0x7d) {
    if (reader.bytes[reader.position] === 0x2c) reader.position += 1;
    nextByte(reader);
    const key = readText(reader);
    nextByte(reader);
    reader.position += 1;
    object.set(key, readNode(reader));
  }
  reader.position += 1;
  return object;
}

function readArray(reader: NodeReader): JsonNode[] {
  const list: JsonNode[] = [];
  reader.position += 1;
  while (nextByte(reader) !== 0x5d) {
    if (reader.bytes[reader.position] === 0x2c) reader.position += 1;
    list.push(readNode(reader));
  }
  reader.position += 1;
  return list;
}

function readText(reader: NodeReader): string {
  const { bytes, position: start } = reader;
  let hasEscapes = false;
  let at = start + 1;
  while (bytes[at] !== 0x22) {
    const isEscape = bytes[at] === 0x5c;
    hasEscapes ||= isEscape;
    at += isEscape ? 2 : 1;
  }
  reader.position = at + 1;
  return hasEscapes
    ? (JSON.parse(bytes.toString('utf8', start, at + 1)) as string)
    : bytes.toString('utf8', start + 1, at);
}

function readNumber(reader: NodeReader): JsonNumber {
  const { bytes, position: start } = reader;
  let at = start;
  while (isNumberByte(bytes[at])) at += 1;
  reader.position = at;
  return new JsonNumber(bytes.toString('latin1', start, at));
}

/** Digits, sign, point and exponent. */
function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x2b ||
    byte === 0x65 ||
    byte === 0x45
  );
}

/** Skips white space; the byte after it. */
function nextByte(reader: NodeReader): number | undefined {
  const { bytes } = reader;
  let byte = bytes[reader.position];
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
    reader.position += 1;
    byte = bytes[reader.position];
  }
  return byte;
}
