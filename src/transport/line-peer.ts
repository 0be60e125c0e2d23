// A peer over two byte streams: lines in, lines out, with back-pressure both ways.
import type { Readable, Writable } from 'node:stream';
import { createLineSplitter } from './line-splitter.ts';
import { createLineWriter } from './line-writer.ts';
import type { MessagePeer } from './transport.ts';

export interface LinePeer extends MessagePeer {
  write(line: Buffer): boolean;
}

export interface PeerStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** Lines over this many bytes are dropped and reported. */
  readonly maxBytes: number;
}

/** A broken output ends the peer as the end of its input does. */
export function createLinePeer({ input, output, maxBytes }: PeerStreams): LinePeer {
  let endHandler = (): void => {};
  let drainHandler = (): void => {};
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    endHandler();
  };
  const splitter = createLineSplitter(maxBytes);
  input.on('end', end).on('close', end).on('error', end);
  output.on('drain', () => drainHandler()).on('error', end);
  return {
    onLine: (handler) => {
      splitter.onLine(handler);
      // Reading starts here: what comes before anyone listens would be lost.
      input.off('data', splitter.push).on('data', splitter.push);
    },
    onOversize: splitter.onOversize,
    onEnd: (handler) => {
      endHandler = handler;
    },
    onDrain: (handler) => {
      drainHandler = handler;
    },
    write: createLineWriter(output),
    pause: () => void input.pause(),
    resume: () => void input.resume(),
  };
}
