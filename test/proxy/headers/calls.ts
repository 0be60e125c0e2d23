// Arbitrary calls of a tool whose arguments stand in header fields, and header fields with one byte changed.
import fc from 'fast-check';
import type { Header } from '../../../src/transport/transport.ts';

/** The input schema of the tool `annotated`. */
export const ANNOTATED = {
  type: 'object',
  properties: {
    text: { type: 'string', 'x-mcp-header': 'Text' },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    flag: { type: 'boolean', 'x-mcp-header': 'Flag' },
    nested: { type: 'object', properties: { text: { type: 'string', 'x-mcp-header': 'Nested-Text' } } },
  },
} as const;

/** Without a byte order mark in front: the reference server's decoder drops it. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
    fc.string({ maxLength: 6 }).map((inner) => `=?base64?${inner}?=`),
    fc.string({ unit: fc.constantFrom(' ', '\t', 'a', 'é'), maxLength: 5 }),
  )
  .filter((value) => !value.startsWith('\ufeff'));

export const toolNames = text.filter((name) => name !== '' && !/\p{Cc}/u.test(name));

/** Arguments as JSON text; those of equal value have equal text, and each makes at least one header field. */
export const annotatedCall = fc
  .record({
    text,
    count: fc.maxSafeInteger(),
    flag: fc.boolean(),
    nested: fc.record({ text }),
  })
  .map((args) => JSON.stringify(args));

/** The same header fields, but another byte at some place of one value. */
export function mutate(headers: readonly Header[], which: number, where: number): Header[] {
  const at = which % headers.length;
  return headers.map(([name, value], index) => {
    if (index !== at) return [name, value];
    return [name, changeAt(value, where % value.length)];
  });
}

/** The last character of base64 has bits that say nothing: a reader that is not strict takes it for another one. */
function changeAt(value: string, place: number): string {
  const changed = ['x', 'y', 'A']
    .filter((other) => other !== value[place])
    .map((other) => value.slice(0, place) + other + value.slice(place + 1));
  return changed.find((text) => decodeLoosely(text) !== decodeLoosely(value)) ?? changed[0] ?? value;
}

function decodeLoosely(value: string): string {
  return Buffer.from(value.replace(/^=\?base64\?/, ''), 'base64').toString('hex');
}
