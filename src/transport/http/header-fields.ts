// Header fields on their way through: what belongs to one connection stays behind (RFC 9110, section 7.6.1).
import type { Header } from '../transport.ts';

/** Of one connection, or made anew for the next one. */
const OWN_FIELDS = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'accept-encoding',
  'content-encoding',
  'expect',
]);

/** Pairs of a raw header list as Node gives it. */
export function headerPairs(raw: readonly string[]): Header[] {
  const pairs: Header[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return pairs;
}

/** Without those of the connection, and without those that `Connection` names. */
export function endToEnd(headers: readonly Header[]): Header[] {
  const named = namedByConnection(headers);
  const passed: Header[] = [];
  for (const header of headers) {
    const lower = header[0].toLowerCase();
    if (!OWN_FIELDS.has(lower) && !named.has(lower)) passed.push(header);
  }
  return passed;
}

/** The header fields that `Connection` makes those of the connection, in small letters. */
export function namedByConnection(headers: readonly Header[]): ReadonlySet<string> {
  let names: Set<string> | null = null;
  for (const [name, value] of headers) {
    // What most connections say names a field that is never passed on anyway.
    if (name.toLowerCase() !== 'connection' || value.toLowerCase() === 'keep-alive') continue;
    names ??= new Set();
    for (const option of value.split(',')) names.add(option.trim().toLowerCase());
  }
  return names ?? NONE;
}

const NONE: ReadonlySet<string> = new Set();

/** `first` and what of `second` it does not name itself; to CGI and its heirs `X_Key` is `X-Key`. */
export function mergeHeaders(first: readonly Header[], second: readonly Header[]): Header[] {
  if (first.length === 0) return [...second];
  const keyOf = (name: string): string => name.toLowerCase().replaceAll('_', '-');
  const names = new Set(first.map(([name]) => keyOf(name)));
  return [...first, ...second.filter(([name]) => !names.has(keyOf(name)))];
}

/** As Node takes them: a flat list keeps case, order and repetitions. */
export function flatHeaders(headers: readonly Header[]): string[] {
  const flat: string[] = [];
  for (const [name, value] of headers) flat.push(name, value);
  return flat;
}

export function findHeader(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1];
}
