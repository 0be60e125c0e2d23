// An upstream on a raw socket, which answers whatever a test writes, and the client that asks it.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { openUpstream } from '../../../src/transport/http/upstream-client.ts';
import type { UpstreamAnswer } from '../../../src/transport/http-exchange.ts';

export const JSON_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

interface Raw {
  readonly url: URL;
  readonly connections: () => number;
}

/** `answer` is called with each chunk that a connection sends. */
export async function startRaw(
  answer: (socket: Socket, chunk: string, connection: number) => void,
): Promise<Raw> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => answer(socket, chunk.toString(), connection));
  });
  const url = await listening(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url, connections: () => connections };
}

export async function listening(server: Server): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
}

export function open(url: URL, maxBytes = 1_000_000) {
  const upstream = openUpstream({ url, headers: [['X-Own', 'yes']], maxBytes });
  onTestFinished(() => upstream.close());
  const post = (body = '{}', signal?: AbortSignal): Promise<UpstreamAnswer> =>
    upstream.request(
      { method: 'POST', headers: [['Content-Type', 'application/json']], body: Buffer.from(body) },
      signal,
    );
  return { upstream, post };
}
