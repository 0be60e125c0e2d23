// Writes lines to a stream; those of one turn of the event loop go out together.
import type { Writable } from 'node:stream';

const LF = Buffer.from('\n');
/** Below this size copying a line is cheaper than a second buffer in the write. */
const COPIED_MAX = 16 * 1024;

/** The returned function gives false where the stream does not keep up. Writing to an ended stream does nothing. */
export function createLineWriter(stream: Writable): (line: Buffer) => boolean {
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    stream.uncork();
  };
  return (line) => {
    if (stream.destroyed || stream.writableEnded) return true;
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      process.nextTick(uncork);
    }
    if (line.length <= COPIED_MAX) return stream.write(Buffer.concat([line, LF]));
    stream.write(line);
    return stream.write(LF);
  };
}
