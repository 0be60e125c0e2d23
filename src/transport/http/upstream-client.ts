// Requests to a server behind an URL, over connections that are kept. No time-out on an answer: calls may take hours.
import http from 'node:http';
import https from 'node:https';
import { type Upstream, type UpstreamAnswer, UpstreamError, type UpstreamRequest } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import { endWith } from './end-with.ts';
import { endToEnd, flatHeaders, mergeHeaders } from './header-fields.ts';
import { createAgent } from './kept-connections.ts';
import { createUpstreamAnswer } from './upstream-answer.ts';
import { connectionError, type RequestState } from './upstream-failure.ts';

export interface UpstreamOptions {
  readonly url: URL;
  /** Sent with every request; they win over the client's of the same name. */
  readonly headers: readonly Header[];
  /** Of one JSON answer, or one event. */
  readonly maxBytes: number;
}

const CONNECT_MS = 10_000;
const REDIRECTS_MAX = 3;

export function openUpstream({ url, headers, maxBytes }: UpstreamOptions): Upstream {
  const isSecure = url.protocol === 'https:';
  const client = isSecure ? https : http;
  const own = placeIn(url);
  const placeOf = (target: URL): Place => (target === url ? own : placeIn(target));
  const agent = createAgent(isSecure);
  const open = new Set<http.ClientRequest>();

  const send = (request: UpstreamRequest, target: URL, signal?: AbortSignal): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const state: RequestState = { isConnected: false };
      const { hostname, port, path } = placeOf(target);
      const { method } = request;
      const fields = flatHeaders(fieldsOf(request, target, headers));
      const options = { hostname, port, path, method, agent, headers: fields };
      const message = client.request(signal === undefined ? options : { ...options, signal });
      // As in the listener: no field is left out, however many there are.
      message.maxHeadersCount = 0;
      open.add(message);
      message.once('socket', (socket) => {
        // The agent's own time-out is for idle connections.
        socket.setTimeout(0);
        if (socket.connecting) watchConnecting(message, state, isSecure);
        else state.isConnected = true;
      });
      message.once('response', resolve);
      // Without a listener Node ends the connection and says nothing.
      message.once('upgrade', (_, socket) => {
        socket.destroy();
        reject(switched());
      });
      message.on('error', (cause) => reject(connectionError(cause, state, target)));
      message.once('close', () => open.delete(message));
      endWith(message, request.body ?? '');
    });

  const follow = async (request: UpstreamRequest, signal?: AbortSignal): Promise<UpstreamAnswer> => {
    let target = request.url ?? url;
    for (let redirects = 0; ; redirects += 1) {
      const message = await send(request, target, signal);
      const next = redirectOf(message, target);
      if (next === null) return createUpstreamAnswer(message, maxBytes);
      message.resume();
      if (redirects === REDIRECTS_MAX) throw redirected('redirects without end', next);
      target = next;
    }
  };
  return {
    request: follow,
    close: () => {
      for (const message of open) message.destroy();
      agent.destroy();
    },
  };
}

interface Place {
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
}

function placeIn({ hostname, port, pathname, search }: URL): Place {
  // Brackets are for URLs, not for sockets.
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port, path: `${pathname}${search}` };
}

function watchConnecting(message: http.ClientRequest, state: RequestState, isSecure: boolean): void {
  const timer = setTimeout(() => message.destroy(new Error('connect timeout')), CONNECT_MS);
  message.once('close', () => clearTimeout(timer));
  message.socket?.once(isSecure ? 'secureConnect' : 'connect', () => {
    state.isConnected = true;
    clearTimeout(timer);
  });
}

function fieldsOf({ method, headers, body }: UpstreamRequest, target: URL, own: readonly Header[]): Header[] {
  const length: Header[] = method === 'POST' ? [['Content-Length', String(body?.length ?? 0)]] : [];
  return [
    ['Host', target.host],
    // What is encoded cannot be inspected; servers that encode it all the same are decoded.
    ['Accept-Encoding', 'identity'],
    ...length,
    ...mergeHeaders(own, endToEnd(headers)),
  ];
}

/** Where the same request goes next; null where the answer is none of a redirect. */
function redirectOf(message: http.IncomingMessage, from: URL): URL | null {
  const { statusCode = 0 } = message;
  if (statusCode < 300 || statusCode > 399) return null;
  const { location } = message.headers;
  if (location === undefined) return null;
  const next = URL.canParse(location, from.href) ? new URL(location, from) : null;
  // Others may become a GET on the way. Another origin would get the client's credentials.
  const isKept = statusCode === 307 || statusCode === 308;
  if (next !== null && isKept && next.origin === from.origin) return next;
  message.destroy();
  throw redirected(`redirects (status ${statusCode})`, next);
}

function switched(): UpstreamError {
  const message = 'The MCP server switches to another protocol (status 101), which was not asked for';
  return new UpstreamError('unreadable', message, { mayHaveRun: true });
}

function redirected(what: string, to: URL | null): UpstreamError {
  const place = to === null ? 'a place that is no URL' : `${to.origin}${to.pathname}`;
  const message = `The MCP server ${what} to ${place}, which is not followed; point --upstream at the right place`;
  return new UpstreamError('redirected', message, { mayHaveRun: true });
}
