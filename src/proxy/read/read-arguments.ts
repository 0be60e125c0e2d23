// Reads arguments that stand alone, as on a command line, as strictly as those of a message.
import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '../../policy/arguments/json-node.ts';
import { createScanner, expectEnd, skipSpace } from './json-scanner.ts';
import { readNode } from './parse-node.ts';
import { Rejection } from './rejection.ts';

const DEPTH_MAX = 128;

export function readArguments(
  bytes: Buffer,
): { readonly arguments: JsonObject } | { readonly problem: string } {
  try {
    if (!isUtf8(bytes)) return { problem: 'not UTF-8' };
    const scanner = createScanner(bytes, DEPTH_MAX);
    skipSpace(scanner);
    const node = readNode(scanner);
    expectEnd(scanner);
    return node instanceof Map ? { arguments: node } : { problem: 'it is no object' };
  } catch (error) {
    if (error instanceof Rejection) return { problem: error.message };
    throw error;
  }
}
