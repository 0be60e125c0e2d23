// The client's side over stdio: this process's own stdin and stdout.
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { createLinePeer, type LinePeer } from './line-peer.ts';

export interface StdioClient extends LinePeer {
  /** Resolves when all that was written is on its way. */
  flush(): Promise<void>;
}

/** Lines over `maxBytes` are dropped and reported. */
export function openStdioClient(maxBytes: number): StdioClient {
  const output = openOutput();
  return {
    ...createLinePeer({ input: process.stdin, output, maxBytes }),
    flush: () => new Promise((resolve) => void output.write('', () => resolve())),
  };
}

/** Node's manual calls pipes on stdout synchronous: a client that does not read could stop the sidecar. A socket never does. */
function openOutput(): Writable {
  const isPipe = fstatSync(1).isFIFO() || fstatSync(1).isSocket();
  return isPipe ? new Socket({ fd: 1, readable: false, writable: true }) : process.stdout;
}
