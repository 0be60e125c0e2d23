// The peer in front of servers of Streamable HTTP: what its tests share, the words of both sides among it.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, vi } from 'vitest';
import { readMessage } from '../../../../src/proxy/read/read-message.ts';
import { openHttpServerPeer } from '../../../../src/transport/http/http-server-peer.ts';
import { openUpstream } from '../../../../src/transport/http/upstream-client.ts';
import type { Header, LostRequest } from '../../../../src/transport/transport.ts';
import { type Answer, answerJson, type Seen } from '../../../sidecar/http/upstream-fixture.ts';

export const soon = (check: () => void): Promise<void> => vi.waitFor(check, 10_000);

/** The peer with all that it told; `say` writes one message of the client, or a batch. */
export function connect(server: { readonly url: string }, graceMs = 100) {
  const url = new URL(server.url);
  const lines: string[] = [];
  const lost: LostRequest[] = [];
  const warnings: Array<Record<string, unknown>> = [];
  const peer = openHttpServerPeer({
    upstream: openUpstream({ url, headers: [['Authorization', 'Bearer own']], maxBytes: 1_000_000 }),
    url,
    graceMs,
    log: { warn: (facts, text) => warnings.push({ ...facts, text }) },
  });
  onTestFinished(() => peer.stop());
  peer.onLost((one) => lost.push(one));
  peer.onLine((line) => lines.push(line.toString()));
  const say = (text: string, headers: readonly Header[] = []): boolean => {
    const line = Buffer.from(text);
    const reading = readMessage(line);
    const [message] = reading.ok ? reading.messages : [];
    if (!reading.ok || message === undefined) throw new Error(`this is no message: ${text}`);
    if (!reading.isBatch) return peer.write(line, { ...message, headers });
    const asks = reading.messages.filter(({ kind }) => kind === 'request');
    return peer.write(line, { kind: 'batch', requestIds: asks.map(({ idText }) => idText ?? 'null') });
  };
  /** Once something has come, and a little later: what comes twice is seen. */
  const settled = async (count = 1): Promise<void> => {
    await soon(() => expect(lines.length + lost.length).toBeGreaterThanOrEqual(count));
    await sleep(50);
  };
  return { peer, say, settled, lines, lost, warnings };
}

export const INITIALIZE = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}';
export const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
export const opened = (version: string) =>
  `{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"${version}"}}`;
export const PARAMS = { name: 'pay', arguments: {} };
export const request = (id: unknown, method = 'tools/call', params: object = PARAMS): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
export const result = (id: unknown): string => JSON.stringify({ jsonrpc: '2.0', id, result: {} });
export const event = (data: string, id?: string): string => `${id ? `id: ${id}\n` : ''}data: ${data}\n\n`;
export const NOTICE = '{"jsonrpc":"2.0","method":"notifications/message","params":{}}';

export const methodOf = ({ body }: Seen): string =>
  body.length === 0 ? '' : ((JSON.parse(body.toString()) as { method?: string }).method ?? 'response');

/** A request as `POST tools/list s1 2025-11-25`; `-` where a header field is not there. */
export const told = (seen: Seen): string => {
  const { 'mcp-session-id': id = '-', 'mcp-protocol-version': version = '-' } = seen.headers;
  return [seen.method, methodOf(seen), id, version].filter((part) => part !== '').join(' ');
};

export function events(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  return response;
}

/** Sessions `s1`, `s2`, … of which only the last is known; `answer` has the requests but `initialize`. */
export function withSessions(answer: Answer = () => {}, { version = '2025-11-25' } = {}) {
  let current = 0;
  const script: Answer = (seen, response) => {
    const method = methodOf(seen);
    if (method === 'initialize') {
      current += 1;
      const { id } = JSON.parse(seen.body.toString()) as { id: unknown };
      const body = { jsonrpc: '2.0', id, result: { protocolVersion: version } };
      return answerJson(response.setHeader('Mcp-Session-Id', `s${current}`), JSON.stringify(body));
    }
    if (seen.headers['mcp-session-id'] !== `s${current}`) return response.writeHead(404).end('gone');
    if (seen.method === 'DELETE') return response.writeHead(200).end();
    if (method.startsWith('notifications/')) return response.writeHead(202).end();
    if (seen.method === 'GET' && seen.headers['last-event-id'] === undefined) {
      return response.writeHead(405).end();
    }
    return answer(seen, response);
  };
  const forget = (): void => {
    current += 1;
  };
  return { script, forget };
}

export const answerAll: Answer = ({ body }, response) =>
  answerJson(response, result((JSON.parse(body.toString()) as { id: unknown }).id));
