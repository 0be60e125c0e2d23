// Splits a stream of bytes into lines, at 0x0A and nowhere else: decoding comes after splitting, so that no character is
// ever cut. A line that lies within one chunk is not copied.
import { createPartialLine } from './partial-line.ts';

export interface LineSplitter {
  push(chunk: Buffer): void;
  /** A line without its LF; blank ones are left out. */
  onLine(handler: (line: Buffer) => void): void;
  /** A line grew over the limit; it is dropped up to its end, and the next line is read. */
  onOversize(handler: () => void): void;
}

const LF = 0x0a;

export function createLineSplitter(maxBytes: number): LineSplitter {
  let onLine = (_line: Buffer): void => {};
  let onOversize = (): void => {};
  const partial = createPartialLine();
  let isDropping = false;

  const drop = (): void => {
    partial.clear();
    isDropping = true;
    onOversize();
  };
  const keep = (part: Buffer): void => {
    if (isDropping || part.length === 0) return;
    if (partial.length + part.length > maxBytes) drop();
    else partial.add(part);
  };
  const finish = (last: Buffer): void => {
    if (partial.length > 0 || last.length > maxBytes) keep(last);
    const wasDropped = isDropping;
    isDropping = false;
    if (wasDropped) return;
    const line = partial.length > 0 ? partial.take() : last;
    if (!isBlank(line)) onLine(line);
  };
  return {
    push: (chunk) => {
      let start = 0;
      for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
        finish(chunk.subarray(start, end));
        start = end + 1;
      }
      keep(chunk.subarray(start));
    },
    onLine: (handler) => {
      onLine = handler;
    },
    onOversize: (handler) => {
      onOversize = handler;
    },
  };
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
