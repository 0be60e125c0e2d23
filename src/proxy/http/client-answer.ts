// The answer that a client's POST gets: whole where nothing must be said before it, a stream of events otherwise.
//
//   waiting ──▶ whole reply
//      └─(it takes long)─▶ event stream, with comments that keep it alive ──▶ events ──▶ end
import type { EventStream, HttpExchange } from '../../transport/http-exchange.ts';
import type { Header } from '../../transport/transport.ts';
import type { ClientLine } from '../session.ts';
import { JSON_TYPE } from './http-errors.ts';

export interface ClientAnswer {
  /** The stream is open: there is no status to give any more. */
  isStreaming(): boolean;
  /** From now on the client gets an event stream if it must wait long, so that it does not give up. */
  expectWait(headers: readonly Header[]): void;
  /** The stream of events: the one that is open, or a new one with this head. */
  openEvents(status: number, headers: readonly Header[]): EventStream;
  /** The whole answer; as events where a stream is open. No lines: 202 without a body. */
  finish(lines: readonly ClientLine[], head?: AnswerHead): Promise<void>;
}

export interface AnswerHead {
  readonly status: number;
  readonly headers: readonly Header[];
}

const WAIT_MS = 1000;

export function createClientAnswer(exchange: HttpExchange): ClientAnswer {
  let stream: EventStream | null = null;
  let timer: NodeJS.Timeout | undefined;

  const openEvents = (status: number, headers: readonly Header[]): EventStream => {
    clearTimeout(timer);
    stream ??= exchange.openEvents({ status, headers });
    return stream;
  };
  return {
    isStreaming: () => stream !== null,
    openEvents,
    expectWait: (headers) => {
      if (takesEvents(exchange)) timer ??= setTimeout(() => openEvents(200, headers), WAIT_MS);
      exchange.onGone(() => clearTimeout(timer));
    },
    finish: async (lines, head = { status: 200, headers: [JSON_TYPE] }) => {
      clearTimeout(timer);
      if (stream !== null) {
        for (const message of lines.flatMap(splitMessages)) await stream.send(message);
        stream.end();
      } else if (lines.length === 0) {
        exchange.reply({ status: 202 });
      } else {
        exchange.reply({ status: head.status, headers: head.headers, body: joinLines(lines) });
      }
    },
  };
}

export function takesEvents(exchange: HttpExchange): boolean {
  return exchange.header('accept')?.includes('text/event-stream') ?? false;
}

/** Each event carries one message. */
export function splitMessages({ line, heads }: ClientLine): Buffer[] {
  const [only, ...more] = heads;
  if (only === undefined || (more.length === 0 && only.start === 0)) return [line];
  return heads.map(({ start, end }) => line.subarray(start, end));
}

/** Batches become one; a single line stays as it is. */
function joinLines(lines: readonly ClientLine[]): Buffer {
  const [only, ...more] = lines;
  if (only !== undefined && more.length === 0) return only.line;
  return joinBatch(lines.flatMap(splitMessages));
}

export function joinBatch(messages: readonly Buffer[]): Buffer {
  return Buffer.concat([
    ...messages.flatMap((message, index) => [Buffer.from(index === 0 ? '[' : ','), message]),
    Buffer.from(']'),
  ]);
}
