// The upstream's answer: its head at once, its body decoded, as JSON, as events or as bytes.
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type ServerEvent, type UpstreamAnswer, UpstreamError } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import { endToEnd, findHeader, headerPairs } from './header-fields.ts';
import { createSseSplitter } from './sse-splitter.ts';

/** Throws `UpstreamError` where the body is encoded in a way that cannot be read. `maxBytes`: see `UpstreamOptions`. */
export function createUpstreamAnswer(message: IncomingMessage, maxBytes: number): UpstreamAnswer {
  const pairs = headerPairs(message.rawHeaders);
  const type = mediaType(findHeader(pairs, 'content-type') ?? '');
  const body = decode(message, pairs);
  return {
    status: message.statusCode ?? 502,
    headers: endToEnd(pairs),
    header: (name) => findHeader(pairs, name),
    kind: type === 'application/json' ? 'json' : type === 'text/event-stream' ? 'events' : 'other',
    readBody: () => readBody(body, maxBytes),
    readEvents: () => readEvents(body, maxBytes),
    readBytes: () => readBytes(body),
  };
}

/** Without its parameters, in small letters. */
function mediaType(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

function decode(message: IncomingMessage, headers: readonly Header[]): Readable {
  const encodings = headers.filter(([name]) => name.toLowerCase() === 'content-encoding');
  const encoding = encodings.map(([, value]) => value.trim().toLowerCase()).join(', ') || 'identity';
  const decoder = decoderOf(encoding);
  if (decoder === null) {
    if (encoding === 'identity') return message;
    message.destroy();
    throw unreadable(`encodes its answer as ${JSON.stringify(encoding)}, which was not asked for`);
  }
  message.on('error', (error) => decoder.destroy(error));
  message.on('aborted', () => decoder.destroy(new Error('aborted')));
  decoder.on('close', () => message.destroy());
  return message.pipe(decoder);
}

function decoderOf(encoding: string) {
  // Events must come out as soon as they are in.
  const flush = { flush: constants.Z_SYNC_FLUSH };
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip(flush);
  if (encoding === 'deflate') return createInflate(flush);
  if (encoding === 'br') return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH });
  return null;
}

/** By events: on the path of every call an iterator would cost as much as the reading. */
function readBody(body: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    let isWhole = false;
    body.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length <= maxBytes) return;
      reject(unreadable(`answers with more than ${maxBytes} bytes`));
      body.destroy();
    });
    body.on('end', () => {
      isWhole = true;
      const [only] = parts;
      resolve(withoutMark(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length)));
    });
    body.on('error', (cause) => reject(broken(cause)));
    body.on('close', () => {
      if (!isWhole) reject(broken(new Error('closed')));
    });
  });
}

/** A byte order mark is no part of the JSON (RFC 8259, section 8.1), and clients ignore it: so does who filters. */
function withoutMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}

async function* readEvents(body: Readable, maxBytes: number): AsyncGenerator<ServerEvent> {
  const splitter = createSseSplitter(maxBytes);
  for await (const chunk of readBytes(body)) {
    try {
      yield* splitter.push(chunk);
    } catch (cause) {
      body.destroy();
      throw unreadable(`sends an event of more than ${maxBytes} bytes`, cause);
    }
  }
}

async function* readBytes(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk as Buffer;
  } catch (cause) {
    throw cause instanceof UpstreamError ? cause : broken(cause);
  }
}

function broken(cause: unknown): UpstreamError {
  const isAborted = cause instanceof Error && cause.name === 'AbortError';
  const message = isAborted
    ? 'The request was ended by the client'
    : 'The connection to the MCP server broke before its answer was whole';
  return new UpstreamError(isAborted ? 'aborted' : 'broken', message, { mayHaveRun: true, cause });
}

function unreadable(what: string, cause?: unknown): UpstreamError {
  return new UpstreamError('unreadable', `The MCP server ${what}`, { mayHaveRun: true, cause });
}
