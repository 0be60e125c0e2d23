// Lines reach the stream whole, in order and with their ends; many in one turn cost two writes.
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createLineWriter } from '../../src/transport/line-writer.ts';

interface Sink {
  readonly stream: Writable;
  /** What each write of the stream carried. */
  readonly writes: string[];
}

function createSink(): Sink {
  const writes: string[] = [];
  const stream = new Writable({
    highWaterMark: 64 * 1024,
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(String(chunk));
      done();
    },
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  return { stream, writes };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('writing lines', () => {
  test('sends the first line of a turn at once, and the others of that turn together', async () => {
    const { stream, writes } = createSink();
    const write = createLineWriter(stream);
    write(Buffer.from('a'));
    expect(writes).toEqual(['a\n']);
    await Promise.resolve();
    write(Buffer.from('b'));
    write(Buffer.from('c'));
    await nextTurn();
    write(Buffer.from('d'));
    await nextTurn();
    expect(writes).toEqual(['a\n', 'b\nc\n', 'd\n']);
  });

  test.each([
    ['small', 10],
    ['large', 100_000],
  ])('ends a %s line with one LF', async (_name, length) => {
    const { stream, writes } = createSink();
    createLineWriter(stream)(Buffer.alloc(length, 0x78));
    await nextTurn();
    expect(writes).toEqual([`${'x'.repeat(length)}\n`]);
  });

  test('says when the stream does not keep up', () => {
    const { stream } = createSink();
    const write = createLineWriter(stream);
    expect(write(Buffer.alloc(1000))).toBe(true);
    expect(write(Buffer.alloc(64 * 1024))).toBe(false);
  });

  test.each<[string, (stream: Writable) => unknown]>([
    ['ended', (stream) => stream.end()],
    ['destroyed', (stream) => stream.destroy()],
  ])('drops what is written to a stream that has %s', async (_name, finish) => {
    const { stream, writes } = createSink();
    finish(stream);
    expect(createLineWriter(stream)(Buffer.from('a'))).toBe(true);
    await nextTurn();
    expect(writes).toEqual([]);
  });
});
