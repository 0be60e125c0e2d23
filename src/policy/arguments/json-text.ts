// Reads JSON text without loss and without doubt: numbers by their digits, and nothing that two readers could read as
// different values.
import { type JsonNode, JsonNumber, type JsonObject } from './json-node.ts';

/** What a policy evaluates must fit into its memory with room to spare; a larger text would also hold calls up. */
export const JSON_BYTES_MAX = 16 * 1024 * 1024;
const DEPTH_MAX = 256;

/** Throws an `Error` that says what is wrong: no UTF-8, no JSON, a key twice, half a surrogate pair, too deep. */
export function readJsonText(bytes: Uint8Array): JsonNode {
  if (bytes.length > JSON_BYTES_MAX) throw new Error(`it is over ${JSON_BYTES_MAX / 1024 / 1024} MiB`);
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  // It checks the grammar, so that the walk below need not.
  JSON.parse(text);
  const tokens = createTokens(text);
  return readNode(tokens, tokens(), 0);
}

type Tokens = () => string;

function createTokens(text: string): Tokens {
  let at = 0;
  return () => {
    while (isSpace(text.charCodeAt(at))) at += 1;
    const start = at;
    at = endOfToken(text, start);
    return text.slice(start, at);
  };
}

function endOfToken(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  let end = start + 1;
  if ('{}[],:'.includes(text[start] ?? '')) return end;
  // A word or a number: all that follows up to the next sign.
  for (let code = text.charCodeAt(end); isOfWord(code); code = text.charCodeAt(end)) end += 1;
  return end;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

/** Behind an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Letters, digits, `+`, `-` and `.`; not a comma, and no bracket. */
function isOfWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x45
  );
}

function readNode(next: Tokens, token: string, depth: number): JsonNode {
  if (depth > DEPTH_MAX) throw new Error(`it is nested over ${DEPTH_MAX} deep`);
  switch (token[0]) {
    case '{':
      return readObject(next, depth + 1);
    case '[':
      return readList(next, depth + 1);
    case '"':
      return readString(token);
    case 't':
      return true;
    case 'f':
      return false;
    case 'n':
      return null;
    default:
      return new JsonNumber(token);
  }
}

function readObject(next: Tokens, depth: number): JsonObject {
  const object: JsonObject = new Map();
  for (let token = next(); token !== '}'; token = next()) {
    const key = readString(token === ',' ? next() : token);
    if (object.has(key)) throw new Error(`the key ${JSON.stringify(key)} stands there twice`);
    next();
    object.set(key, readNode(next, next(), depth));
  }
  return object;
}

function readList(next: Tokens, depth: number): JsonNode[] {
  const list: JsonNode[] = [];
  for (let token = next(); token !== ']'; token = next()) {
    list.push(readNode(next, token === ',' ? next() : token, depth));
  }
  return list;
}

function readString(token: string): string {
  // UTF-8 holds no half of a pair: only an escape can be one.
  if (!token.includes('\\')) return token.slice(1, -1);
  const text = JSON.parse(token) as string;
  if (/\p{Surrogate}/u.test(text)) throw new Error('a text holds half of a surrogate pair');
  return text;
}
