// What the proxy knows of transports: peers that exchange lines of bytes.

/** What the proxy has read of a message, for transports that route it or turn it into a request. Texts are JSON source. */
export interface MessageHead {
  readonly kind: 'request' | 'notification' | 'response';
  /** Null where there is no id. */
  readonly idText: string | null;
  readonly method: string | null;
  /** The token that a request gives for its progress, or that a progress notification is about. */
  readonly progressTokenText: string | null;
  /** Of `notifications/cancelled`: the id that it cancels. */
  readonly cancelsIdText: string | null;
  /** Of what a server sends on behalf of a `subscriptions/listen`: that request's id. */
  readonly subscriptionIdText: string | null;
  /** It is an answer with an error. */
  readonly isError: boolean;
  /** It carries the `_meta` of protocol 2026-07-28 or later. */
  readonly isModern: boolean;
}

/** A message's head, and where it stands in its line: a line may hold a batch. */
export interface PlacedHead extends MessageHead {
  readonly start: number;
  readonly end: number;
}

/** One header field: a name, as it is to be written, and its value. */
export type Header = readonly [name: string, value: string];

/** A message of the client, on its way to the server. */
export interface OutgoingMessage extends MessageHead {
  /** What HTTP says of this message beside its body (`Mcp-Method`, `Mcp-Name`, …); absent where nobody needs it. */
  readonly headers?: readonly Header[];
}

/** Several messages of the client in one line (protocol 2025-03-26). */
export interface OutgoingBatch {
  readonly kind: 'batch';
  /** Of the requests in it, as JSON source. */
  readonly requestIds: readonly string[];
}

/** Null where nothing is known of a line: it is only to be written. */
export type Outgoing = OutgoingMessage | OutgoingBatch | null;

/** No answer to a request can come any more. */
export interface LostRequest {
  readonly idText: string;
  /** False only where the request provably never reached the server. */
  readonly mayHaveRun: boolean;
  /** A sentence for people and models: what happened, and what to do. */
  readonly detail: string;
}

/** What is kept of a line that was over the size limit: its beginning and its end mostly tell whose it is. */
export interface CutLine {
  readonly head: Buffer;
  /** Of what follows the head. */
  readonly tail: Buffer;
}

/** One side of a connection. Each handler is set once. Failures of the streams end the peer; they never throw. */
export interface MessagePeer {
  /**
   * Each line without its LF, as a view that is valid for as long as it is kept. Blank lines are skipped, and what no LF
   * ends is no line. Reading starts with this call: set the other handlers before it, or in the same turn.
   */
  onLine(handler: (line: Buffer) => void): void;
  /** A line was over the size limit; it was dropped, but for its ends. */
  onOversize(handler: (cut: CutLine) => void): void;
  /** Nothing more will be read, or nothing can be written any more. Called once. */
  onEnd(handler: () => void): void;
  onDrain(handler: () => void): void;
  /**
   * Reading stops, so that memory does not grow while the other side does not keep up. Lines of the chunk that was read
   * last may still come.
   */
  pause(): void;
  resume(): void;
}

export interface ClientPeer extends MessagePeer {
  /**
   * Sends a line. False: the peer does not keep up; `onDrain` says when it does. What is written to a peer that has ended
   * is dropped. `heads` are those of the messages in it: one, several in a batch, none where it could not be read.
   */
  write(line: Buffer, heads: readonly PlacedHead[]): boolean;
}

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerPeer extends MessagePeer {
  /** As `ClientPeer.write`. */
  write(line: Buffer, message: Outgoing): boolean;
  /** For servers that answer each request on a connection of its own: that connection has ended. */
  onLost(handler: (lost: LostRequest) => void): void;
  isAlive(): boolean;
  /**
   * After the server's last line was delivered and no process of its group is left; no line comes after it. A server
   * that has exited is waited for while its reading is paused, unless it is being stopped.
   */
  readonly exited: Promise<ServerExit>;
  /** Ends the server: its stdin ends, then come SIGTERM and SIGKILL to its whole group. Resolves with `exited`. */
  stop(): Promise<void>;
}

export type TransportErrorCode = 'spawn-failed' | 'listen-failed';

export class TransportError extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'TransportError';
    this.code = code;
  }
}
