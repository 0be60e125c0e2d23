// Splits a stream of server-sent events (WHATWG HTML, section 9.2) into events, without changing a byte of them: joined,
// their raw bytes are the stream.
import type { ServerEvent } from '../http-exchange.ts';
import { createPartialLine } from '../partial-line.ts';
import { createLineEnds } from './line-ends.ts';
import { createServerEvent, withoutMark } from './server-event.ts';

export interface SseSplitter {
  /** The events that are whole now, comments between two among them. Throws `RangeError` at one over the limit. */
  push(chunk: Buffer): Iterable<ServerEvent>;
}

const LF = 0x0a;
const CR = 0x0d;

/** `maxBytes` bounds one event. */
export function createSseSplitter(maxBytes: number): SseSplitter {
  const partial = createPartialLine();
  /** Nothing of the line that is being read was in chunks before. */
  let isLineEmpty = true;
  /** Some line of the event is there, if only a comment. */
  let hasLines = false;
  /** The last byte was a CR: an LF after it ends no line of its own. */
  let isAfterCr = false;
  let isFirst = true;

  const keep = (part: Buffer): void => {
    if (partial.length + part.length > maxBytes) {
      throw new RangeError(`an event is over the limit of ${maxBytes} bytes`);
    }
    if (part.length > 0) partial.add(part);
  };
  /** An event that lies within one chunk is not copied. */
  const take = (end: Buffer): ServerEvent => {
    const isWhole = partial.length === 0 && end.length <= maxBytes;
    if (!isWhole) keep(end);
    const raw = isWhole ? end : partial.take();
    const event = createServerEvent(raw, isFirst ? withoutMark(raw) : raw);
    isFirst = false;
    return event;
  };
  return {
    *push(chunk) {
      const lineEnd = createLineEnds(chunk);
      let start = 0;
      let at = isAfterCr && chunk[0] === LF ? 1 : 0;
      if (chunk.length > 0) isAfterCr = chunk.at(-1) === CR;
      for (let end = lineEnd(at); end !== null; end = lineEnd(at)) {
        if (end.at > at) isLineEmpty = false;
        const endsEvent = isLineEmpty && hasLines;
        hasLines = !endsEvent && (hasLines || !isLineEmpty);
        isLineEmpty = true;
        at = end.next;
        if (!endsEvent) continue;
        yield take(chunk.subarray(start, at));
        start = at;
      }
      if (at < chunk.length) isLineEmpty = false;
      keep(chunk.subarray(start));
    },
  };
}
