// Lines are the same however the bytes were cut into chunks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineSplitter } from '../../src/transport/line-splitter.ts';

type Event = string | 'OVERSIZE';

function split(chunks: Iterable<Buffer>, maxBytes = 1024): Event[] {
  const events: Event[] = [];
  const splitter = createLineSplitter(maxBytes);
  splitter.onLine((line) => events.push(line.toString('latin1')));
  splitter.onOversize(() => events.push('OVERSIZE'));
  for (const chunk of chunks) splitter.push(chunk);
  return events;
}

function* cut(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  let start = 0;
  for (let turn = 0; start < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield bytes.subarray(start, start + length);
    start += length;
  }
}

/** The plainest reading there is, of all bytes at once. */
function expectedEvents(bytes: Buffer, maxBytes: number): Event[] {
  const lines = bytes.toString('latin1').split('\n');
  lines.pop();
  return lines
    .filter((line) => line.length > maxBytes || !/^[ \t\r]*$/.test(line))
    .map((line) => (line.length > maxBytes ? 'OVERSIZE' : line));
}

const someBytes = fc
  .array(fc.oneof(fc.constantFrom('\n', '\r\n', ' ', '{"é":"\u2028"}', '😀', 'x'.repeat(5000)), fc.string()))
  .map((parts) => Buffer.from(parts.join('')));
const chunkLengths = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9000 })), { minLength: 1 });

describe('splitting lines', () => {
  test('gives the same lines under any chunking, oversized ones included', () => {
    fc.assert(
      fc.property(someBytes, chunkLengths, fc.integer({ min: 1, max: 6000 }), (bytes, lengths, maxBytes) => {
        expect(split(cut(bytes, lengths), maxBytes)).toEqual(expectedEvents(bytes, maxBytes));
      }),
    );
  });

  test.each<[string, string, Event[]]>([
    ['two lines', 'a\nb\n', ['a', 'b']],
    ['a line that nothing ends', 'a\nb', ['a']],
    ['blank lines', '\n \t\r\n\r\na\n', ['a']],
    ['a CR before the LF, which stays', 'a\r\n', ['a\r']],
    ['other ends of lines', 'a\rb\u0085\u000bc\n', ['a\rb\u0085\u000bc']],
    ['a line of exactly the limit', `${'x'.repeat(8)}\na\n`, ['x'.repeat(8), 'a']],
    ['a line one byte over the limit', `${'x'.repeat(9)}\na\n`, ['OVERSIZE', 'a']],
    ['an oversized line without an end', 'x'.repeat(100), []],
    ['two oversized lines', `${'x'.repeat(9)}\n${'y'.repeat(99)}\na\n`, ['OVERSIZE', 'OVERSIZE', 'a']],
    ['an oversized blank line', `${' '.repeat(9)}\na\n`, ['OVERSIZE', 'a']],
  ])('reads %s, whole and byte by byte', (_name, text, events) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(split([bytes], 8)).toEqual(events);
    expect(split(cut(bytes, [1]), 8)).toEqual(events);
  });

  test('keeps the ends of an oversized line, however it comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9000 }),
        chunkLengths,
        fc.nat(4000),
        (length, lengths, maxBytes) => {
          const line = Array.from({ length: length + maxBytes }, (_, at) => 'abcdefghij'[at % 10]).join('');
          const splitter = createLineSplitter(maxBytes);
          const cuts: string[] = [];
          splitter.onOversize(({ head, tail }) => cuts.push(`${head} ${tail}`));
          for (const chunk of cut(Buffer.from(`${line}\n${line}\n`), lengths)) splitter.push(chunk);
          const [head, rest] = [line.slice(0, 1024), line.slice(1024)];
          expect(cuts).toEqual(Array(2).fill(`${head} ${rest.slice(-1024)}`));
        },
      ),
    );
  });

  test('copies no line that lies within one chunk', () => {
    const chunk = Buffer.from('first\nsecond\n');
    const splitter = createLineSplitter(100);
    const lines: Buffer[] = [];
    splitter.onLine((line) => lines.push(line));
    splitter.push(chunk);
    expect(lines.map((line) => line.buffer === chunk.buffer)).toEqual([true, true]);
  });

  test('keeps lines that it gave when later chunks are read', () => {
    const lines: Buffer[] = [];
    const splitter = createLineSplitter(100);
    splitter.onLine((line) => lines.push(line));
    for (const byte of Buffer.from('one\ntwo\nthree\n')) splitter.push(Buffer.of(byte));
    expect(lines.map(String)).toEqual(['one', 'two', 'three']);
  });

  test('reads a line of 64 MiB in chunks of 64 KiB, and its end alone', () => {
    const chunk = Buffer.alloc(64 * 1024, 0x78);
    const lengths: number[] = [];
    const splitter = createLineSplitter(64 * 1024 * 1024);
    splitter.onLine((line) => lengths.push(line.length));
    for (let count = 0; count < 1024; count += 1) splitter.push(chunk);
    splitter.push(Buffer.from('\nnext\n'));
    expect(lengths).toEqual([64 * 1024 * 1024, 4]);
  });

  test('holds a line of a million one-byte chunks in about its own size', () => {
    const splitter = createLineSplitter(2_000_000);
    const bytes = Buffer.alloc(1_000_000, 0x78);
    let length = 0;
    splitter.onLine((line) => {
      length = line.length;
    });
    const before = process.memoryUsage();
    for (let at = 0; at < bytes.length; at += 1) splitter.push(bytes.subarray(at, at + 1));
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2_000_000);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(60_000_000);
    splitter.push(Buffer.from('\n'));
    expect(length).toBe(1_000_000);
  });

  test('holds a line of small and large chunks by turns in about its own size', () => {
    const splitter = createLineSplitter(64_000_000);
    const large = Buffer.alloc(5000, 0x78);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 2000; count += 1) {
      splitter.push(large);
      splitter.push(large.subarray(0, 1));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });
});
