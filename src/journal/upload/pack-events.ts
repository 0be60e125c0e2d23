// Packs events into gzipped JSON arrays that a service takes: each as full as its limit allows.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface EventText {
  /** Of the journal's row. */
  readonly sequence: number;
  readonly text: string;
}

export interface Chunk {
  readonly body: Buffer;
  readonly count: number;
  /** Every event up to this one is in this chunk or in an earlier one, or too long for any. */
  readonly lastSequence: number;
}

/** `maxBytes` is of the compressed body. `onOversized` is told of events that fit into no chunk: they are left out. */
export async function* packEvents(
  events: readonly EventText[],
  maxBytes: number,
  onOversized: (event: EventText) => void,
): AsyncGenerator<Chunk> {
  let start = 0;
  /** Compressed bytes for each character, as the last chunk had it. */
  let ratio = 1;
  while (start < events.length) {
    let count = countThatFits(events, start, maxBytes / ratio);
    let chunk = await pack(events.slice(start, start + count));
    while (chunk.body.length > maxBytes && count > 1) {
      count = Math.floor(count / 2);
      chunk = await pack(events.slice(start, start + count));
    }
    const [first] = events.slice(start, start + 1);
    if (chunk.body.length <= maxBytes) yield chunk;
    else if (first !== undefined) onOversized(first);
    ratio = Math.max(0.01, chunk.body.length / lengthOf(events.slice(start, start + count)));
    start += count;
  }
}

function countThatFits(events: readonly EventText[], start: number, characters: number): number {
  let length = 0;
  let count = 0;
  for (const { text } of events.slice(start)) {
    length += text.length + 1;
    if (length > characters) break;
    count += 1;
  }
  return Math.max(1, count);
}

const compress = promisify(gzip);

async function pack(events: readonly EventText[]): Promise<Chunk> {
  const body = await compress(`[${events.map(({ text }) => text).join(',')}]`);
  return { body, count: events.length, lastSequence: events.at(-1)?.sequence ?? 0 };
}

function lengthOf(events: readonly EventText[]): number {
  return events.reduce((sum, { text }) => sum + text.length + 1, 1);
}
