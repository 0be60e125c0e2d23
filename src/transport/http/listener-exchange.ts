// One request at the listener, as the proxy sees it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventStream, HttpAnswer, HttpExchange } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import { openBytes, openEvents } from './event-stream.ts';
import { endToEnd, findHeader, flatHeaders, headerPairs } from './header-fields.ts';

export interface ExchangeParts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: HttpExchange['method'];
  readonly target: string;
  readonly body: Buffer;
  /** Added to every answer. */
  readonly ownHeaders: readonly Header[];
  readonly keepAliveMs: number;
}

export function createExchange(parts: ExchangeParts): HttpExchange {
  const { request, response, method, target, body, ownHeaders, keepAliveMs } = parts;
  const headers = headerPairs(request.rawHeaders);
  let isAnswered = false;
  const gone: Array<() => void> = [];
  response.once('close', () => {
    if (!response.writableFinished) for (const handler of gone) handler();
  });
  const begin = (answer: Omit<HttpAnswer, 'body'>): HttpAnswer => {
    if (isAnswered) throw new Error('an exchange was answered twice');
    isAnswered = true;
    return { status: answer.status, headers: [...(answer.headers ?? []), ...ownHeaders] };
  };
  const isGone = (): boolean => response.destroyed && !response.writableFinished;
  return {
    method,
    target,
    headers,
    header: (name) => findHeader(headers, name),
    body,
    reply: ({ body: content = '', ...head }) => sendWhole(response, begin(head), content),
    openEvents: (head): EventStream => openEvents(response, begin(head), keepAliveMs),
    openBytes: (head) => openBytes(response, begin(head)),
    get isGone() {
      return isGone();
    },
    onGone: (handler) => {
      if (isGone()) handler();
      else gone.push(handler);
    },
  };
}

export function sendWhole(
  response: ServerResponse,
  { status, headers = [] }: HttpAnswer,
  content: Buffer | string,
): void {
  const length = Buffer.byteLength(content);
  response.writeHead(status, flatHeaders([...endToEnd(headers), ['Content-Length', String(length)]]));
  response.end(content);
}
