// The claims of a verified JWT, read as strictly as messages are, and printed for the policy.
//
// The issuer signed them, but some of them repeat what users wrote: so they meet the limits that arguments meet.
import type { JsonNode, JsonObject } from '../../policy/arguments/json-node.ts';
import { buildPathTree } from '../../policy/arguments/path-tree.ts';
import { projectArguments } from '../../policy/arguments/project-arguments.ts';
import { createScanner, expectEnd, skipSpace } from '../read/json-scanner.ts';
import { readNode } from '../read/parse-node.ts';
import { Rejection } from '../read/rejection.ts';

const DEPTH_MAX = 128;
const WHOLE = buildPathTree([[]]);

/** Throws `Rejection`: a key that came twice, for one, has another value for every reader. */
export function readClaims(token: string): JsonObject {
  const bytes = Buffer.from(token.split('.')[1] ?? '', 'base64url');
  const scanner = createScanner(bytes, DEPTH_MAX);
  skipSpace(scanner);
  const claims = readNode(scanner);
  expectEnd(scanner);
  if (!(claims instanceof Map)) throw new Rejection('not-json', 'it is no object');
  return claims;
}

/** JSON text without loss: numbers keep every digit. Throws `PolicyError` where they have too many, and the like. */
export function printClaims(claims: JsonObject): string {
  return projectArguments(claims, WHOLE);
}

/** `path` are the names of members, one inside the other. */
export function claimAt(claims: JsonObject, path: readonly string[]): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>(
    (node, name) => (node instanceof Map ? node.get(name) : undefined),
    claims,
  );
}
