// An upstream that answers as each test says, and keeps every request that it got, byte for byte.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** The client of the request went away before the answer was whole. */
  isAborted: boolean;
}

export interface Upstream {
  readonly url: string;
  readonly seen: Seen[];
  /** Resolves when so many requests have come. */
  whenSeen(count: number): Promise<Seen[]>;
}

export type Answer = (seen: Seen, response: http.ServerResponse) => unknown;

export async function startUpstream(answer: Answer): Promise<Upstream> {
  const seen: Seen[] = [];
  let notify = (): void => {};
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders, headers } = request;
      const one: Seen = { method, url, rawHeaders, headers, body: Buffer.concat(parts), isAborted: false };
      response.on('close', () => {
        one.isAborted = !response.writableFinished;
      });
      seen.push(one);
      notify();
      void answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    whenSeen: async (count) => {
      while (seen.length < count) {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
      return seen;
    },
  };
}

export function answerJson(response: http.ServerResponse, body: string | Buffer, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(body);
}

/** Answers each call with `{"content":[]}` and the request's own id. */
export const answerCalls: Answer = ({ body }, response) => {
  const parsed = JSON.parse(body.toString()) as { id?: unknown } | Array<{ id?: unknown }>;
  const one = ({ id }: { id?: unknown }) => ({ jsonrpc: '2.0', id, result: { content: [] } });
  answerJson(
    response,
    JSON.stringify(
      Array.isArray(parsed) ? parsed.filter(({ id }) => id !== undefined).map(one) : one(parsed),
    ),
  );
};
