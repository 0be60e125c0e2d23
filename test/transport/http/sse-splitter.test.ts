// Server-sent events: the fields that a reader sees, and not a byte changed, in whatever pieces they come.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSseSplitter } from '../../../src/transport/http/sse-splitter.ts';
import type { ServerEvent } from '../../../src/transport/http-exchange.ts';

function split(text: string | Buffer, cuts: readonly number[] = []): { events: ServerEvent[]; rest: Buffer } {
  const bytes = Buffer.from(text);
  const splitter = createSseSplitter(1_000_000);
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const events: ServerEvent[] = [];
  let start = 0;
  for (const end of places) {
    events.push(...splitter.push(bytes.subarray(start, end)));
    start = end;
  }
  const whole = events.reduce((sum, { raw }) => sum + raw.length, 0);
  return { events, rest: bytes.subarray(whole) };
}

const fields = ({ data, id, name, retryMs }: ServerEvent) => ({
  data: data?.toString() ?? null,
  id,
  name,
  retryMs,
});

describe('an event', () => {
  test.each([
    ['of one line', 'data: {"a":1}\n\n', { data: '{"a":1}' }],
    ['of several lines', 'data: a\ndata:b\ndata\n\n', { data: 'a\nb\n' }],
    ['with CRLF', 'id: 7\r\ndata: x\r\n\r\n', { data: 'x', id: '7' }],
    ['with CR alone', 'id: 7\rdata: x\r\r', { data: 'x', id: '7' }],
    [
      'with every field',
      'event: e\nid: 1\nretry: 250\ndata: x\n\n',
      { data: 'x', id: '1', name: 'e', retryMs: 250 },
    ],
    ['after a byte order mark', '\u{feff}data: x\n\n', { data: 'x' }],
    ['that only primes the stream', 'id: 0\ndata:\n\n', { data: '', id: '0' }],
    ['that is a comment', ': ping\n\n', {}],
    ['with one space that is the colon’s', 'data:  x\n\n', { data: ' x' }],
    ['with a field that nobody knows', 'foo: 1\ndata: x\n\n', { data: 'x' }],
    ['with an id that holds a NUL', 'id: a\0b\ndata: x\n\n', { data: 'x' }],
    ['with a retry that is no number', 'retry: soon\ndata: x\n\n', { data: 'x' }],
    ['without a name', 'event:\ndata: x\n\n', { data: 'x' }],
  ])('%s', (_name, text, expected) => {
    const { events } = split(text);
    expect(events.map(fields)).toEqual([
      { data: null, id: null, name: 'message', retryMs: null, ...expected },
    ]);
  });

  test('that is not whole is none', () => {
    const { events, rest } = split('data: a\n\ndata: b\n');
    expect([events.length, rest.toString()]).toEqual([1, 'data: b\n']);
  });

  test('over the limit is refused, also when it comes byte by byte', () => {
    const splitter = createSseSplitter(100);
    expect(() => {
      for (let at = 0; at < 200; at += 1) Array.from(splitter.push(Buffer.from('x')));
    }).toThrow(RangeError);
  });
});

describe('other data in an event', () => {
  test.each([
    [
      'keeps the rest of it',
      'id: 7\nevent: e\ndata: old\nretry: 5\n\n',
      'id: 7\nevent: e\ndata: new\nretry: 5\n\n',
    ],
    ['stands once', 'data: o\nid: 1\ndata: ld\n\n', 'data: new\nid: 1\n\n'],
  ])('%s', (_name, before, after) => {
    expect(split(before).events[0]?.withData(Buffer.from('new')).toString()).toBe(after);
  });

  test('with line breaks is still one event, and the same data', () => {
    const [event] = split('id: 1\ndata: x\n\n').events;
    const changed = event?.withData(Buffer.from('{\n"a": 1}')) ?? Buffer.alloc(0);
    expect(split(changed).events.map(fields)).toMatchObject([{ data: '{\n"a": 1}', id: '1' }]);
  });
});

const end = fc.constantFrom('\n', '\r\n', '\r');
const line = fc.oneof(
  fc.constantFrom('data: {"é":"😀"}', 'data', 'id: 5', ': c', 'event: e', 'retry: 1', ''),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/[\r\n]/.test(text)),
);
const stream = fc.array(fc.tuple(line, end), { maxLength: 30 }).map((lines) => lines.flat().join(''));

test('nothing is lost or added, however it is cut', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat()), (text, cuts) => {
      const whole = split(text);
      const cut = split(text, cuts);
      for (const { events, rest } of [whole, cut]) {
        expect(Buffer.concat([...events.map(({ raw }) => raw), rest]).toString()).toBe(text);
      }
      // A CR may end an event before the LF that belongs to it is there: the bytes move, what is read does not.
      expect(cut.events.map(fields)).toEqual(whole.events.map(fields));
    }),
    { numRuns: 500 },
  );
});

test('single bytes cost no more than their number', () => {
  const text = `data: ${'x'.repeat(300_000)}\n\n`;
  const { events } = split(
    text,
    Array.from({ length: text.length }, (_, index) => index),
  );
  expect(events).toHaveLength(1);
});
