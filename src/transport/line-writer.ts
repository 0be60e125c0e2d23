// Writes lines to a stream: the first of a turn of the event loop at once, since it is mostly the only one; those that
// follow go out together.
import type { Writable } from 'node:stream';

const LF = 0x0a;
const END = Buffer.of(LF);
/** Below this size copying a line is cheaper than a second buffer in the write. */
const COPIED_MAX = 16 * 1024;

/** The returned function gives false where the stream does not keep up. Writing to an ended stream does nothing. */
export function createLineWriter(stream: Writable): (line: Buffer) => boolean {
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    stream.uncork();
  };
  const holdNext = (): void => {
    isCorked = true;
    stream.cork();
    process.nextTick(uncork);
  };
  return (line) => {
    if (stream.destroyed || stream.writableEnded) return true;
    const isCopied = line.length <= COPIED_MAX;
    // A large one needs two buffers, which go out together too.
    if (!isCorked && !isCopied) holdNext();
    if (!isCopied) stream.write(line);
    const keepsUp = stream.write(isCopied ? withEnd(line) : END);
    if (!isCorked) holdNext();
    return keepsUp;
  };
}

function withEnd(line: Buffer): Buffer {
  const ended = Buffer.allocUnsafe(line.length + 1);
  line.copy(ended);
  ended[line.length] = LF;
  return ended;
}
