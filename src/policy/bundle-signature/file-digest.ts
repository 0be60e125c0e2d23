// The digest of one file in a signature. Structured documents are hashed as OPA walks them, whatever their white space
// and the order of their keys; every other file by its bytes.
import { createHash } from 'node:crypto';
import { type JsonNode, JsonNumber } from '../arguments/json-node.ts';
import { readJsonText } from '../arguments/json-text.ts';
import { baseOf } from '../bundle/bundle-files.ts';
import { notAccepted } from './signature-error.ts';

export const DEFAULT_HASH = 'SHA-256';

/** OPA's names. It knows MD5 and SHA-1 too: nobody needs them, and two files with one digest can be made. */
const HASHES: Readonly<Record<string, string>> = {
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'SHA-512-224': 'sha512-224',
  'SHA-512-256': 'sha512-256',
};

/** Hexadecimal. `name` as it stands in the bundle. Throws `PolicyError('bundle-signature')`. */
export function digestFile(name: string, bytes: Buffer, algorithm: string): string {
  const hash = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined;
  if (hash === undefined) throw notAccepted(`${name} is hashed with ${JSON.stringify(algorithm)}`);
  return createHash(hash)
    .update(isStructured(name) ? canonicalText(name, bytes) : bytes)
    .digest('hex');
}

/** Data in YAML is structured as well, and refused before. */
function isStructured(name: string): boolean {
  return baseOf(name) === 'data.json' || baseOf(name) === '.manifest';
}

function canonicalText(name: string, bytes: Buffer): string {
  try {
    return print(readJsonText(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw notAccepted(`${name} is not JSON that can be read (${why})`, cause);
  }
}

/** Keys by their UTF-8 bytes, numbers by their own digits. */
function print(node: JsonNode): string {
  if (node instanceof JsonNumber) return node.text;
  if (typeof node === 'string') return printString(node);
  if (Array.isArray(node)) return `[${node.map(print).join(',')}]`;
  if (!(node instanceof Map)) return String(node);
  const members = [...node].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([key, value]) => `${printString(key)}:${print(value)}`).join(',')}}`;
}

/** As Go's encoder without HTML's escapes. */
function printString(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
