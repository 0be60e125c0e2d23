// Collects a line that lies in several chunks. Small parts are copied into blocks: a million one-byte chunks must not
// cost a million buffers. Large ones are kept as they are, until the line is whole.

export interface PartialLine {
  readonly length: number;
  add(part: Buffer): void;
  /** The line so far; it is empty again then. */
  take(): Buffer;
  clear(): void;
  /** The line so far, in pieces. */
  parts(): Buffer[];
}

const COPIED_MAX = 4 * 1024;
const BLOCK_BYTES = 64 * 1024;

export function createPartialLine(): PartialLine {
  let parts: Buffer[] = [];
  let length = 0;
  /** Room for small parts; the first `used` bytes are the line's. */
  let block = Buffer.alloc(0);
  let used = 0;

  const sealBlock = (): void => {
    if (used === 0) return;
    parts.push(block.subarray(0, used));
    block = block.subarray(used);
    used = 0;
  };
  const clear = (): void => {
    parts = [];
    length = 0;
    block = Buffer.alloc(0);
    used = 0;
  };
  return {
    clear,
    parts: () => [...parts, block.subarray(0, used)],
    get length() {
      return length;
    },
    add: (part) => {
      length += part.length;
      if (part.length > COPIED_MAX) {
        sealBlock();
        parts.push(part);
        return;
      }
      if (used + part.length > block.length) {
        sealBlock();
        block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      }
      used += part.copy(block, used);
    },
    take: () => {
      sealBlock();
      const line = Buffer.concat(parts, length);
      clear();
      return line;
    },
  };
}
