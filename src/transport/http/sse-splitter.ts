// Splits a stream of server-sent events (WHATWG HTML, section 9.2) into events, without changing a byte of them: joined,
// their raw bytes are the stream.
import type { ServerEvent } from '../http-exchange.ts';
import { createServerEvent } from './server-event.ts';

export interface SseSplitter {
  /** The events that are whole now. Throws where an event is over the limit. */
  push(chunk: Buffer): ServerEvent[];
  /** What came after the last event: nothing that a reader of the stream would see. */
  rest(): Buffer;
}

const LF = 0x0a;
const CR = 0x0d;

/** `maxBytes` bounds one event. */
export function createSseSplitter(maxBytes: number): SseSplitter {
  let parts: Buffer[] = [];
  let length = 0;
  /** The line that is being read has no byte so far: its end is an empty line, which ends the event. */
  let isLineEmpty = true;
  /** The last byte was a CR: an LF after it belongs to it. */
  let isAfterCr = false;
  /** Some line of the event is there, if only a comment. */
  let hasLines = false;

  const add = (part: Buffer): void => {
    if (part.length === 0) return;
    parts.push(part);
    length += part.length;
    if (length > maxBytes) throw new RangeError(`an event is over the limit of ${maxBytes} bytes`);
  };
  const take = (): Buffer => {
    const [only] = parts;
    const raw = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
    parts = [];
    length = 0;
    return raw;
  };
  return {
    push: (chunk) => {
      const events: ServerEvent[] = [];
      let start = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at];
        if (byte === LF && isAfterCr) {
          isAfterCr = false;
          continue;
        }
        isAfterCr = byte === CR;
        if (byte !== LF && byte !== CR) {
          isLineEmpty = false;
          hasLines = true;
          continue;
        }
        const endsEvent = isLineEmpty && hasLines;
        isLineEmpty = true;
        if (!endsEvent) continue;
        // The LF of a CRLF goes with the event that it ends, where it is here already.
        const end = byte === CR && chunk[at + 1] === LF ? at + 2 : at + 1;
        add(chunk.subarray(start, end));
        events.push(createServerEvent(take()));
        hasLines = false;
        start = end;
        if (end === at + 2) {
          isAfterCr = false;
          at += 1;
        }
      }
      add(chunk.subarray(start));
      return events;
    },
    rest: take,
  };
}
