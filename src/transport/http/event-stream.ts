// Answers that are written in parts: bytes as they come, and server-sent events with comments that keep them alive.
import type { ServerResponse } from 'node:http';
import type { ByteStream, EventStream, HttpAnswer } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import { findHeader, flatHeaders } from './header-fields.ts';
import { formatMessage } from './server-event.ts';

export function openBytes(response: ServerResponse, { status, headers = [] }: HttpAnswer): ByteStream {
  response.writeHead(status, flatHeaders(headers));
  response.flushHeaders();
  return {
    write: (bytes) => writeTo(response, bytes),
    end: () => void response.end(),
    abort: () => void response.destroy(),
  };
}

/** `keepAliveMs`: after so long a silence a comment is sent, since what is idle is cut off by what lies between. */
export function openEvents(
  response: ServerResponse,
  { status, headers = [] }: HttpAnswer,
  keepAliveMs: number,
): EventStream {
  const bytes = openBytes(response, { status, headers: withDefaults(headers) });
  const timer = setInterval(() => void bytes.write(KEEP_ALIVE), keepAliveMs);
  timer.unref();
  response.once('close', () => clearInterval(timer));
  const write = (part: Buffer): Promise<void> => {
    timer.refresh();
    return bytes.write(part);
  };
  return { ...bytes, write, send: (message) => write(formatMessage(message)) };
}

const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

const EVENT_HEADERS: readonly Header[] = [
  ['Content-Type', 'text/event-stream'],
  ['Cache-Control', 'no-cache, no-transform'],
  // Proxies of nginx's kind would buffer the events otherwise.
  ['X-Accel-Buffering', 'no'],
];

function withDefaults(headers: readonly Header[]): Header[] {
  const missing = EVENT_HEADERS.filter(([name]) => findHeader(headers, name.toLowerCase()) === undefined);
  return [...headers, ...missing];
}

function writeTo(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed || response.writableEnded || response.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}
