// Servers of 2024-11-05 (HTTP+SSE), which refuse the first POST and name a place for the others: what their tests share.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Answer, type Seen, startUpstream } from '../../../sidecar/http/upstream-fixture.ts';
import { INITIALIZE } from './peer-bench.ts';

export const OPENED = '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2024-11-05"}}';
export const call = (id: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'pay', arguments: {} } });
export const event = (data: string, name = 'message'): string => `event: ${name}\ndata: ${data}\n\n`;
export const told = ({ method, url }: Seen): string => `${method} ${url}`;

export function openStream(response: ServerResponse, first: string): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  response.write(first);
  return response;
}

interface OldServerSettings {
  /** What POST at the stream's URL is answered with. */
  readonly refuse?: (response: ServerResponse) => unknown;
  readonly endpoint?: string;
}

export const methodNotAllowed = (response: ServerResponse): unknown => response.writeHead(405).end('no');

/** `initialize` is answered; `answer` has all else that is posted to the endpoint. */
export async function startOld(answer: Answer = () => {}, settings: OldServerSettings = {}) {
  const { refuse = methodNotAllowed, endpoint = '/messages?session=1' } = settings;
  let stream: ServerResponse | null = null;
  const sockets = new Set<Socket>();
  const say = (text: string): void => void stream?.write(event(text));
  const server = await startUpstream((seen, response) => {
    if (response.socket !== null) sockets.add(response.socket);
    if (seen.method === 'GET') {
      stream = openStream(response, event(endpoint, 'endpoint'));
    } else if (seen.url === '/mcp') {
      refuse(response);
    } else if (seen.body.toString() === INITIALIZE) {
      response.writeHead(202).end('Accepted');
      say(OPENED);
    } else {
      answer(seen, response);
    }
  });
  return { ...server, say, stream: () => stream, open: () => [...sockets].filter((one) => !one.destroyed) };
}

export const accept: Answer = (_, response) => response.writeHead(202).end('Accepted');
export const UNKNOWN = 'what it did of this request is unknown.';
