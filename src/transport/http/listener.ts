// The HTTP endpoint that clients connect to: checks each request before the proxy sees it, and answers for its health.
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Admit, HttpAnswer } from '../http-exchange.ts';
import { type Header, TransportError } from '../transport.ts';
import { corsHeaders, preflight } from './cors.ts';
import { headerPairs } from './header-fields.ts';
import { createExchange, fieldText, sendWhole } from './listener-exchange.ts';
import {
  bodyTooLarge,
  type GuardRules,
  guardBody,
  guardRequest,
  type Refusal,
  refuse,
} from './listener-guard.ts';

export interface HttpListenerOptions extends Omit<GuardRules, 'isLoopback'> {
  /** A name or address; IPv6 without brackets. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Of the endpoint, such as `/mcp`. */
  readonly path: string;
  readonly limits: ListenerLimits;
  /** After so long a silence an event stream gets a comment. */
  readonly keepAliveMs: number;
  /** Whether calls can be judged now. */
  readonly isReady: () => Promise<boolean>;
  readonly admit: Admit;
  /** Documents beside the endpoint, such as those of `/.well-known/`; null where there is none. */
  readonly documentAt: (path: string) => HttpAnswer | Promise<HttpAnswer> | null;
  readonly onFailure: (error: unknown) => void;
}

export interface ListenerLimits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly connections: number;
}

export interface HttpListener {
  /** Of the endpoint. */
  readonly url: string;
  readonly port: number;
  /** No new requests; those under way have `graceMs`, then they are broken off. */
  close(graceMs: number): Promise<void>;
}

/** For a request to come in whole; answers take as long as they take. */
const REQUEST_MS = 300_000;

/** Throws `TransportError` where it cannot listen there. */
export async function openHttpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const { host, port, path, limits } = options;
  const rules: GuardRules = { ...options, isLoopback: isLoopback(host) };
  const server = http.createServer({
    maxHeaderSize: limits.headerBytes,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: 65_000,
    noDelay: true,
    // The guard answers for a missing Host, in the form that clients of MCP read.
    requireHostHeader: false,
  });
  server.maxConnections = limits.connections;
  // Node leaves the fields after the thousandth out of its table, but not all of them out of its list: what passes on would
  // not be what was checked. `maxHeaderSize` bounds them all.
  server.maxHeadersCount = 0;
  server.on('request', (request, response) => {
    const { headers: fields, rawHeaders } = request;
    void serve({ headers: headerPairs(rawHeaders), fields, request, response, rules, options });
  });
  server.on('checkExpectation', (_, response: ServerResponse) => {
    send(response, refuse(417, 'it expects what is not offered'));
  });
  server.on('clientError', answerBroken);
  await listen(server, host, port);
  const actual = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}${path}`,
    port: actual,
    close: (graceMs) => closeServer(server, graceMs),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function listen(server: http.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is in use' : cause.message;
      reject(new TransportError('listen-failed', `cannot listen on ${host}:${port}: ${why}`, cause));
    });
    server.listen(port, host, resolve);
  });
}

async function closeServer(server: http.Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

interface Request {
  readonly headers: readonly Header[];
  /** The same by name, as Node reads them. */
  readonly fields: IncomingHttpHeaders;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly rules: GuardRules;
  readonly options: HttpListenerOptions;
}

async function serve(incoming: Request): Promise<void> {
  const { response, options } = incoming;
  try {
    const answer = await answerBeside(incoming);
    if (answer !== null) send(response, answer);
    else await serveEndpoint(incoming);
  } catch (error) {
    options.onFailure(error);
    if (response.headersSent) response.destroy();
    else send(response, refuse(500, 'Regent failed unexpectedly'));
  }
}

/** What is answered without the proxy; null where the request is for the endpoint. */
async function answerBeside({
  headers,
  fields,
  request,
  rules,
  options,
}: Request): Promise<HttpAnswer | null> {
  const path = pathOf(request);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && path === '/healthz') return status(200, 'ok');
  if (isRead && path === '/readyz')
    return (await options.isReady()) ? status(200, 'ready') : status(503, 'not ready');
  const refusal = guardRequest(headers, fields, rules);
  if (refusal !== null) return refusal;
  if (request.method === 'OPTIONS') return preflight(fields, options.allowedOrigins) ?? notAllowed();
  const document = isRead ? options.documentAt(path) : null;
  if (document !== null) return document;
  if (targetOf(request, options.path) === null) return refuse(404, `there is nothing at ${path}`);
  return null;
}

function status(code: number, text: string): HttpAnswer {
  return { status: code, headers: [['Content-Type', 'application/json']], body: `{"status":"${text}"}` };
}

function notAllowed(): Refusal {
  return refuse(405, 'the endpoint takes POST, GET and DELETE', [['Allow', 'POST, GET, DELETE']]);
}

async function serveEndpoint({ headers, fields, request, response, options }: Request): Promise<void> {
  const { method } = request;
  if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') return send(response, notAllowed());
  const refusal = method === 'POST' ? guardBody(fields, options.limits.bodyBytes) : null;
  if (refusal !== null) return sendAndClose(response, refusal);
  // Who may not call must not fill the memory either.
  const admission = await options.admit((name) => fieldText(fields[name]));
  if ('refusal' in admission) return sendAndClose(response, admission.refusal);
  const body = await readBody(request, options.limits.bodyBytes);
  if (body === 'too large') return sendAndClose(response, bodyTooLarge(options.limits.bodyBytes));
  if (body === 'broken') return;
  await admission.handle(
    createExchange({
      headers,
      fields,
      response,
      method,
      target: targetOf(request, options.path) ?? '',
      body,
      ownHeaders: corsHeaders(fields, options.allowedOrigins),
      keepAliveMs: options.keepAliveMs,
    }),
  );
}

/** The path, as it is written: what needs decoding is none of ours. */
function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** What follows the endpoint's path; null where it is another path. */
function targetOf(request: IncomingMessage, path: string): string | null {
  const { url = '' } = request;
  const found = pathOf(request);
  return found === path || found === `${path}/` ? url.slice(found.length) : null;
}

function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too large' | 'broken'> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length <= maxBytes) return;
      request.pause();
      resolve('too large');
    });
    request.on('end', () => {
      const [only] = parts;
      resolve(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length));
    });
    request.on('error', () => resolve('broken'));
    request.on('close', () => resolve('broken'));
  });
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  sendWhole(response, answer, answer.body ?? '');
}

/** The rest of the body is not read: the connection cannot be used again. */
function sendAndClose(response: ServerResponse, { headers = [], ...answer }: HttpAnswer): void {
  response.shouldKeepAlive = false;
  send(response, { ...answer, headers });
  response.once('finish', () => void response.socket?.destroySoon());
}

/** What Node's strict parser refuses. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const line =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const message = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : line;
  const { body = '' } = refuse(400, 'it is no valid HTTP request');
  const length = Buffer.byteLength(body);
  socket.end(
    `HTTP/1.1 ${message}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body.toString()}`,
  );
}
