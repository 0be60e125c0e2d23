// What the proxy knows of transports: peers that exchange lines of bytes.

/** One side of a connection. Each handler is set once. Failures of the streams end the peer; they never throw. */
export interface MessagePeer {
  /**
   * Each line without its LF, as a view that is valid for as long as it is kept. Blank lines are skipped, and what no LF
   * ends is no line. Reading starts with this call: set the other handlers before it, or in the same turn.
   */
  onLine(handler: (line: Buffer) => void): void;
  /** A line was over the size limit; it was dropped whole. */
  onOversize(handler: () => void): void;
  /** Nothing more will be read, or nothing can be written any more. Called once. */
  onEnd(handler: () => void): void;
  /**
   * Sends a line and its LF. False: the peer does not keep up; `onDrain` says when it does. What is written to a peer
   * that has ended is dropped.
   */
  write(line: Buffer): boolean;
  onDrain(handler: () => void): void;
  /**
   * Reading stops, so that memory does not grow while the other side does not keep up. Lines of the chunk that was read
   * last may still come.
   */
  pause(): void;
  resume(): void;
}

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerPeer extends MessagePeer {
  isAlive(): boolean;
  /**
   * After the server's last line was delivered and no process of its group is left; no line comes after it. A server
   * that has exited is waited for while its reading is paused, unless it is being stopped.
   */
  readonly exited: Promise<ServerExit>;
  /** Ends the server: its stdin ends, then come SIGTERM and SIGKILL to its whole group. Resolves with `exited`. */
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
