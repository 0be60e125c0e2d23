// A real HTTP server that a webhook posts to: keeps what came, and answers as the test wants.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';

export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

/** `count` counts the requests so far, this one included. */
export type Answer = (response: http.ServerResponse, count: number, received: Received) => void;

export interface Receiver {
  readonly url: URL;
  readonly received: Received[];
  /** Once so many have come. */
  until(count: number): Promise<Received[]>;
  close(): Promise<void>;
}

export function status(code: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (response) => void response.writeHead(code, headers).end(body);
}

/** One answer after the other; the last one for all that follow. */
export function inTurn(...answers: readonly Answer[]): Answer {
  return (response, count, received) =>
    (answers[count - 1] ?? (answers.at(-1) as Answer))(response, count, received);
}

export async function startReceiver(answer: Answer = status(200), port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      received.push({ method, path, headers, body: Buffer.concat(parts).toString(), atMs: Date.now() });
      answer(response, received.length, received.at(-1) as Received);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
  return {
    url,
    received,
    until: async (count) => {
      await expect.poll(() => received.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
      return received;
    },
    close,
  };
}

export function typesOf(received: readonly Received[]): string[] {
  return received.map(({ body }) => JSON.parse(body).type);
}

export function idsOf(received: readonly Received[]): unknown[] {
  return received.map(({ headers }) => headers['webhook-id']);
}
