// What the proxy knows of HTTP: requests of clients at the listener, and requests to an upstream server.
import type { Header } from './transport.ts';

/** A client's request. Host, origin, size and path are checked, and its body is read. */
export interface HttpExchange {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** What follows the endpoint's path: `` or `/…`, with the query. */
  readonly target: string;
  /** As they came, in their order and case. */
  readonly headers: readonly Header[];
  /** By its name in small letters. A header that MCP reads and that came twice was refused before. */
  header(name: string): string | undefined;
  /** Empty for GET and DELETE. */
  readonly body: Buffer;
  /** Answers whole. An exchange is answered once, by one of these three. */
  reply(answer: HttpAnswer): void;
  /** Answers with a stream of server-sent events; it sends comments of its own while it is idle. */
  openEvents(answer: Omit<HttpAnswer, 'body'>): EventStream;
  /** Answers with bytes as they come. */
  openBytes(answer: Omit<HttpAnswer, 'body'>): ByteStream;
  /** One of the three was called. */
  isAnswered(): boolean;
  /** Where the client goes away, or has gone, before its answer is complete. */
  onGone(handler: () => void): void;
}

/** Whether a request may go on, told by its header fields alone, before its body is read. */
export type Admission =
  | { readonly refusal: HttpAnswer }
  | { readonly handle: (exchange: HttpExchange) => Promise<void> };

/** `header` is as `HttpExchange.header`. */
export type Admit = (header: HttpExchange['header']) => Promise<Admission>;

export interface HttpAnswer {
  readonly status: number;
  /** Without those of the framing: length, encoding of the transfer, connection. */
  readonly headers?: readonly Header[];
  readonly body?: Buffer | string;
}

export interface ByteStream {
  /** Resolves when there is room for more; at once where the client has gone. */
  write(bytes: Buffer): Promise<void>;
  end(): void;
  /** Breaks the connection, so that the client knows that the answer is not whole. */
  abort(): void;
}

export interface EventStream extends ByteStream {
  /** Sends a message as an event without id. */
  send(message: Buffer): Promise<void>;
}

/** The server behind an URL. */
export interface Upstream {
  /** Resolves with the head of the answer. Rejects with `UpstreamError`. Aborting ends the answer as well. */
  request(request: UpstreamRequest, signal?: AbortSignal): Promise<UpstreamAnswer>;
  close(): void;
}

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** Another URL of the upstream's origin (HTTP+SSE's endpoint); by default the upstream's own. */
  readonly url?: URL;
  /** Those of the client that may pass; the upstream's own settings win over them. */
  readonly headers: readonly Header[];
  readonly body?: Buffer;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** Those that may pass to the client: without framing and encoding. */
  readonly headers: readonly Header[];
  header(name: string): string | undefined;
  /** By its content type: one JSON text, server-sent events, or anything else. */
  readonly kind: 'json' | 'events' | 'other';
  /** The whole body; rejects with `UpstreamError` where it breaks off or is over the limit. */
  readBody(): Promise<Buffer>;
  /** The events one by one; throws `UpstreamError` where the stream breaks off. Ends where the server ended it. */
  readEvents(): AsyncIterable<ServerEvent>;
  /** The body's bytes as they come, decoded. */
  readBytes(): AsyncIterable<Buffer>;
}

/** One server-sent event, or comments between two. */
export interface ServerEvent {
  /** As the server sent it, with the empty line that ends it. */
  readonly raw: Buffer;
  /** Its data; null where it has none. Data of several lines are joined by LF. */
  readonly data: Buffer | null;
  readonly id: string | null;
  /** `message` where it names none. */
  readonly name: string;
  readonly retryMs: number | null;
  /** The same event with other data. */
  withData(data: Buffer): Buffer;
}

export type UpstreamErrorCode =
  /** No connection: refused, no such host, no route, certificate not trusted. */
  | 'unreachable'
  /** The connection ended before the answer was whole. */
  | 'broken'
  /** A redirect that is not followed. */
  | 'redirected'
  /** An answer that cannot be read: its encoding, its size, its framing. */
  | 'unreadable'
  | 'aborted';

export class UpstreamError extends Error {
  readonly code: UpstreamErrorCode;
  /** False only where the request provably never reached the server. */
  readonly mayHaveRun: boolean;

  constructor(code: UpstreamErrorCode, message: string, options: { mayHaveRun: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'UpstreamError';
    this.code = code;
    this.mayHaveRun = options.mayHaveRun;
  }
}
