// What goes from an upstream over HTTP to the client: messages as lines, held back while the client does not keep up.
import type { LostRequest } from '../transport.ts';

export interface PeerLines {
  /** Delivers one message; resolves when there is room for more. */
  deliver(message: Buffer): Promise<void>;
  lose(lost: LostRequest): void;
  onLine(handler: (line: Buffer) => void): void;
  onLost(handler: (lost: LostRequest) => void): void;
  pause(): void;
  resume(): void;
  /** Nothing is delivered any more. */
  close(): void;
}

export function createPeerLines(): PeerLines {
  let onLine = (_line: Buffer): void => {};
  let onLost = (_lost: LostRequest): void => {};
  let isClosed = false;
  let isPaused = false;
  let waiting: Array<() => void> = [];
  const resume = (): void => {
    isPaused = false;
    const resumed = waiting;
    waiting = [];
    for (const proceed of resumed) proceed();
  };
  return {
    deliver: async (message) => {
      if (!isClosed && message.length > 0) onLine(onOneLine(message));
      if (isPaused && !isClosed) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    lose: (lost) => {
      if (!isClosed) onLost(lost);
    },
    onLine: (handler) => {
      onLine = handler;
    },
    onLost: (handler) => {
      onLost = handler;
    },
    pause: () => {
      isPaused = true;
    },
    resume,
    close: () => {
      isClosed = true;
      resume();
    },
  };
}

/** In JSON a line break can only stand between tokens, where a space means the same. */
function onOneLine(message: Buffer): Buffer {
  if (message.indexOf(0x0a) < 0 && message.indexOf(0x0d) < 0) return message;
  return Buffer.from(message.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}
