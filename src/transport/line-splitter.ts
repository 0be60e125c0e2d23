// Splits a stream of bytes into lines, at 0x0A and nowhere else: decoding comes after splitting, so that no character is
// ever cut. A line that lies within one chunk is not copied.

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
  let parts: Buffer[] = [];
  let length = 0;
  let isDropping = false;

  const keep = (part: Buffer): void => {
    if (isDropping || part.length === 0) return;
    length += part.length;
    if (length > maxBytes) {
      isDropping = true;
      parts = [];
      onOversize();
    } else {
      parts.push(part);
    }
  };
  const finish = (): void => {
    const [first] = parts;
    const line = first !== undefined && parts.length === 1 ? first : Buffer.concat(parts);
    parts = [];
    length = 0;
    const wasDropped = isDropping;
    isDropping = false;
    if (!wasDropped && !isBlank(line)) onLine(line);
  };
  return {
    push: (chunk) => {
      let start = 0;
      for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
        keep(chunk.subarray(start, end));
        finish();
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
