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
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !OWN_FIELDS.has(lower) && !named.has(lower);
  });
}

/** The header fields that `Connection` makes those of the connection, in small letters. */
export function namedByConnection(headers: readonly Header[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'connection') continue;
    for (const option of value.split(',')) names.add(option.trim().toLowerCase());
  }
  return names;
}

/** `first` and what of `second` it does not name itself; to CGI and its heirs `X_Key` is `X-Key`. */
export function mergeHeaders(first: readonly Header[], second: readonly Header[]): Header[] {
  const keyOf = (name: string): string => name.toLowerCase().replaceAll('_', '-');
  const names = new Set(first.map(([name]) => keyOf(name)));
  return [...first, ...second.filter(([name]) => !names.has(keyOf(name)))];
}

/** As Node takes them: a flat list keeps case, order and repetitions. */
export function flatHeaders(headers: readonly Header[]): string[] {
  return headers.flat();
}

export function findHeader(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1];
}
