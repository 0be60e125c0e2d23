// Splits a stream of bytes into lines, at 0x0A and nowhere else: decoding comes after splitting, so that no character is
// ever cut. A line that lies within one chunk is not copied.
import { createLineCutter } from './cut-line.ts';
import { createPartialLine } from './partial-line.ts';
import type { CutLine } from './transport.ts';

export interface LineSplitter {
  push(chunk: Buffer): void;
  /** A line without its LF; blank ones are left out. */
  onLine(handler: (line: Buffer) => void): void;
  /** A line that was over the limit has ended; it was dropped, and the next line is read. */
  onOversize(handler: (cut: CutLine) => void): void;
}

const LF = 0x0a;

export function createLineSplitter(maxBytes: number): LineSplitter {
  let onLine = (_line: Buffer): void => {};
  let onOversize = (_cut: CutLine): void => {};
  const partial = createPartialLine();
  const cutter = createLineCutter();
  let isDropping = false;

  const drop = (part: Buffer): void => {
    isDropping = true;
    for (const earlier of partial.parts()) cutter.add(earlier);
    partial.clear();
    cutter.add(part);
  };
  const keep = (part: Buffer): void => {
    if (isDropping) cutter.add(part);
    else if (partial.length + part.length > maxBytes) drop(part);
    else if (part.length > 0) partial.add(part);
  };
  const finish = (last: Buffer): void => {
    if (isDropping || partial.length > 0 || last.length > maxBytes) keep(last);
    if (isDropping) {
      isDropping = false;
      onOversize(cutter.finish());
      return;
    }
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
