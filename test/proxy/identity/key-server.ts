// Where an issuer publishes its keys, on loopback; it answers as the test says, or not at all.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface KeyServer {
  readonly url: URL;
  /** How many requests came. */
  fetches(): number;
  answer(status: number, body: string, headers?: Record<string, string>): void;
  /** Takes requests and never answers. */
  hang(): void;
}

export async function startKeyServer(body: string): Promise<KeyServer> {
  let fetches = 0;
  let reply = (response: http.ServerResponse): unknown => response.end(body);
  const server = http.createServer((_, response) => {
    fetches += 1;
    reply(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: new URL(`http://127.0.0.1:${port}/jwks.json`),
    fetches: () => fetches,
    answer: (status, text, headers = {}) => {
      reply = (response) => response.writeHead(status, headers).end(text);
    },
    hang: () => {
      reply = () => undefined;
    },
  };
}

/** Where nobody listens. */
export async function closedUrl(): Promise<URL> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${port}/jwks.json`);
}
