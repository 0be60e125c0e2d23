// The answer to a POST whose requests a child answers line by line: one JSON text where the answers are all there is to
// say, and come soon; a stream of events otherwise.
import type { HttpExchange } from '../../transport/http-exchange.ts';
import type { Header, PlacedHead } from '../../transport/transport.ts';
import { createClientAnswer, joinBatch, takesEvents } from '../http/client-answer.ts';
import { JSON_TYPE, replyProblem } from '../http/http-errors.ts';
import { INVALID_REQUEST } from '../json-rpc.ts';
import { idKey } from '../read/id-key.ts';
import type { ReadLine } from '../read/read-message.ts';
import type { ClientLine } from '../session.ts';

export interface PostAnswer {
  /** Requests without an answer. */
  readonly isWaiting: boolean;
  awaits(idText: string): boolean;
  hasToken(tokenText: string): boolean;
  /** The answer to one of the requests. Resolves when there is room for more. */
  answer(message: Buffer, head: PlacedHead): Promise<void>;
  /** Anything that the server says before. */
  notify(message: Buffer): Promise<void>;
  /** Ends it without the answers that are due: the session is over. */
  close(): void;
}

export interface PostAnswerOptions {
  readonly exchange: HttpExchange;
  readonly reading: ReadLine;
  /** Of the answer, such as the id of the session that it opens. */
  readonly headers: readonly Header[];
  /** Of the one answer, where no stream was opened. */
  readonly statusOf: (message: Buffer, head: PlacedHead) => number;
  readonly onFinished: () => void;
  /** A stream from the beginning, where the client takes one, as servers of the older protocols answer. */
  readonly prefersEvents?: boolean;
}

/** For a POST with requests; one without is answered 202. */
export function createPostAnswer(options: PostAnswerOptions): PostAnswer {
  const { exchange, reading, headers, statusOf, onFinished } = options;
  const requests = reading.messages.filter(({ kind }) => kind === 'request');
  const waiting = requests.map(({ idText }) => idKey(idText ?? 'null'));
  const tokens = new Set(requests.map(({ progressTokenText }) => progressTokenText ?? ''));
  const lines: Buffer[] = [];
  const client = createClientAnswer(exchange);
  if (options.prefersEvents === true && takesEvents(exchange)) client.openEvents(200, headers);
  else client.expectWait(headers);

  const finish = async (status: number): Promise<void> => {
    onFinished();
    const batch = (): ClientLine => ({ line: joinBatch(lines), heads: [] });
    const whole = reading.isBatch ? [batch()] : lines.map((line) => ({ line, heads: [] }));
    await client.finish(client.isStreaming() ? [] : whole, { status, headers: [JSON_TYPE, ...headers] });
  };
  return {
    get isWaiting() {
      return waiting.length > 0;
    },
    awaits: (idText) => waiting.includes(idKey(idText)),
    hasToken: (tokenText) => tokens.has(tokenText),
    answer: async (message, head) => {
      waiting.splice(waiting.indexOf(idKey(head.idText ?? 'null')), 1);
      if (client.isStreaming()) await client.openEvents(200, headers).send(message);
      else lines.push(message);
      if (waiting.length === 0) await finish(reading.isBatch ? 200 : statusOf(message, head));
    },
    notify: async (message) => {
      const stream = client.openEvents(200, headers);
      for (const line of lines.splice(0)) await stream.send(line);
      await stream.send(message);
    },
    close: () => {
      onFinished();
      if (client.isStreaming()) client.openEvents(200, headers).end();
      else replyProblem(exchange, { status: 404, code: INVALID_REQUEST, message: 'The session has ended.' });
    },
  };
}
