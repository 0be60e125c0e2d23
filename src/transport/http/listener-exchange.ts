// One request at the listener, as the proxy sees it.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { EventStream, HttpAnswer, HttpExchange } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import { endWith } from './end-with.ts';
import { openBytes, openEvents } from './event-stream.ts';
import { flatHeaders } from './header-fields.ts';

export interface ExchangeParts {
  readonly headers: readonly Header[];
  /** The same by name, in small letters. */
  readonly fields: IncomingHttpHeaders;
  readonly response: ServerResponse;
  readonly method: HttpExchange['method'];
  readonly target: string;
  readonly body: Buffer;
  /** Added to every answer. */
  readonly ownHeaders: readonly Header[];
  readonly keepAliveMs: number;
}

export function createExchange(parts: ExchangeParts): HttpExchange {
  const { headers, fields, response, method, target, body, ownHeaders, keepAliveMs } = parts;
  let isAnswered = false;
  const gone: Array<() => void> = [];
  response.once('close', () => {
    if (!response.writableFinished) for (const handler of gone) handler();
  });
  const begin = (answer: Omit<HttpAnswer, 'body'>): HttpAnswer => {
    if (isAnswered) throw new Error('an exchange was answered twice');
    isAnswered = true;
    return { status: answer.status, headers: withOwn(answer.headers ?? [], ownHeaders) };
  };
  const isGone = (): boolean => response.destroyed && !response.writableFinished;
  return {
    method,
    target,
    headers,
    // Node's own table: fields that came twice were refused, or are lists.
    header: (name) => fieldText(fields[name]),
    body,
    reply: (answer) => sendWhole(response, begin(answer), answer.body ?? ''),
    openEvents: (head): EventStream => openEvents(response, begin(head), keepAliveMs),
    openBytes: (head) => openBytes(response, begin(head)),
    isAnswered: () => isAnswered,
    onGone: (handler) => {
      if (isGone()) handler();
      else gone.push(handler);
    },
  };
}

/** Which pages may read an answer is not the server's to say where the operator has said it: two origins are none. */
function withOwn(headers: readonly Header[], own: readonly Header[]): readonly Header[] {
  if (own.length === 0) return headers;
  return [...headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-allow-')), ...own];
}

/** Of Node's table of fields. */
export function fieldText(field: string | string[] | undefined): string | undefined {
  return typeof field === 'string' || field === undefined ? field : field.join(', ');
}

/** `headers` are end-to-end already. */
export function sendWhole(
  response: ServerResponse,
  { status, headers = [] }: HttpAnswer,
  content: Buffer | string,
): void {
  const fields = flatHeaders(headers);
  fields.push('Content-Length', String(Buffer.byteLength(content)));
  response.writeHead(status, fields);
  endWith(response, content);
}
