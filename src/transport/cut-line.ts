// What is kept of a line that is dropped: its beginning and its end, which mostly tell whose it is.
import type { CutLine } from './transport.ts';

export interface LineCutter {
  /** The next bytes of the line. */
  add(part: Buffer): void;
  /** The line has ended; another one may begin. */
  finish(): CutLine;
}

const KEPT_BYTES = 1024;

export function createLineCutter(): LineCutter {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  return {
    add: (part) => {
      const missing = KEPT_BYTES - head.length;
      if (missing > 0) head = Buffer.concat([head, part.subarray(0, missing)]);
      const rest = part.subarray(Math.max(missing, part.length - KEPT_BYTES, 0));
      if (rest.length > 0) tail = Buffer.concat([tail, rest]).subarray(-KEPT_BYTES);
    },
    finish: () => {
      const cut = { head, tail };
      head = Buffer.alloc(0);
      tail = Buffer.alloc(0);
      return cut;
    },
  };
}
