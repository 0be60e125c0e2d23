// What the proxy knows of transports: peers that exchange lines of bytes.

/** One side of a connection. Handlers are set once, before anything is read. Failures end the peer; they never throw. */
export interface MessagePeer {
  /** Each line without its LF, as a view that is valid for as long as it is kept. Blank lines are skipped. */
  onLine(handler: (line: Buffer) => void): void;
  /** A line was over the size limit; it was dropped whole. */
  onOversize(handler: () => void): void;
  /** Nothing more will be read, or nothing can be written any more. Called once. */
  onEnd(handler: () => void): void;
  /** Sends a line and its LF. False: the peer does not keep up; `onDrain` says when it does. */
  write(line: Buffer): boolean;
  onDrain(handler: () => void): void;
  /** Reading stops, so that memory does not grow while the other side does not keep up. */
  pause(): void;
  resume(): void;
}

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerPeer extends MessagePeer {
  isAlive(): boolean;
  /** After all of its output was delivered and no process of its group is left. */
  readonly exited: Promise<ServerExit>;
  /** Ends the server: politely first, by force after a few seconds. */
  stop(): Promise<void>;
}

export type TransportErrorCode = 'spawn-failed';

export class TransportError extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'TransportError';
    this.code = code;
  }
}
