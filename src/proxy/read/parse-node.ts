// Builds the lossless tree of a JSON value, in the same pass that reads it strictly.
import { type JsonNode, JsonNumber, type JsonObject } from '../../policy/arguments/json-node.ts';
import { createScanner, enterContainer, hasNextItem, type JsonScanner } from './json-scanner.ts';
import { readKey, readString } from './scan-string.ts';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  duplicateKey,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  scanNumber,
  scanWord,
} from './scan-value.ts';

/** At `start` stands a value that a scanner has passed, so that its depth is bounded. */
export function parseNode(bytes: Buffer, start: number): JsonNode {
  const scanner = createScanner(bytes, Number.POSITIVE_INFINITY);
  scanner.position = start;
  return readNode(scanner);
}

/** Passes the value that starts at `position`. Throws `Rejection`. */
export function readNode(scanner: JsonScanner): JsonNode {
  switch (scanner.bytes[scanner.position]) {
    case OPEN_OBJECT:
      return readObject(scanner);
    case OPEN_ARRAY:
      return readArray(scanner);
    case QUOTE:
      return readString(scanner);
    case 0x74:
      scanWord(scanner, 'true');
      return true;
    case 0x66:
      scanWord(scanner, 'false');
      return false;
    case 0x6e:
      scanWord(scanner, 'null');
      return null;
    default:
      return readNumber(scanner);
  }
}

function readObject(scanner: JsonScanner): JsonObject {
  const object: JsonObject = new Map();
  for (let hasMore = enterContainer(scanner, CLOSE_OBJECT); hasMore; ) {
    const { size } = object;
    const key = readKey(scanner);
    if (object.set(key, readNode(scanner)).size === size) throw duplicateKey(key);
    hasMore = hasNextItem(scanner, CLOSE_OBJECT);
  }
  return object;
}

function readArray(scanner: JsonScanner): JsonNode[] {
  const list: JsonNode[] = [];
  for (let hasMore = enterContainer(scanner, CLOSE_ARRAY); hasMore; ) {
    list.push(readNode(scanner));
    hasMore = hasNextItem(scanner, CLOSE_ARRAY);
  }
  return list;
}

function readNumber(scanner: JsonScanner): JsonNumber {
  const start = scanner.position;
  scanNumber(scanner);
  return new JsonNumber(scanner.text.slice(start, scanner.position));
}
