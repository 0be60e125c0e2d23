// The reference server of protocol 2026-07-28 over HTTP, and POSTs to it exactly as a test wants them.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  fromJsonSchema,
  type McpHttpHandler,
  McpServer,
} from '@modelcontextprotocol/server';
import type { Header } from '../../../src/transport/transport.ts';
import { ANNOTATED } from './calls.ts';

export interface ReferenceServer {
  /** Status and code of JSON-RPC, as in `400 -32020`; the status alone where there is no error. */
  post(body: string, headers: readonly Header[]): Promise<string>;
  close(): Promise<void>;
}

/** With a tool of each name, and the tool `annotated`. `strict`: without the older protocols. */
export async function startReferenceServer(
  names: readonly string[],
  { strict = false }: { strict?: boolean } = {},
): Promise<ReferenceServer> {
  const handler = createMcpHandler(() => serverWith(names), { legacy: strict ? 'reject' : 'stateless' });
  const { port, close } = await listenFor(handler);
  return { post: (body, headers) => post(port, body, headers), close };
}

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export async function listenFor(handler: McpHttpHandler): Promise<Listening> {
  const listener = createServer();
  listener.on('request', toNodeHandler(handler));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    close: async () => {
      await handler.close();
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function serverWith(names: readonly string[]): McpServer {
  const server = new McpServer({ name: 'reference', version: '1.0.0' });
  const answer = async () => ({ content: [{ type: 'text' as const, text: 'ran' }] });
  for (const name of names) server.registerTool(name, { description: 'greets' }, answer);
  server.registerTool('annotated', { inputSchema: fromJsonSchema(ANNOTATED) }, answer);
  return server;
}

function post(port: number, body: string, headers: readonly Header[]): Promise<string> {
  const own = ['Content-Type', 'application/json', 'Accept', 'application/json, text/event-stream'];
  const host = ['Host', `127.0.0.1:${port}`, 'Content-Length', String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/mcp',
        headers: [...host, ...own, ...headers.flat()],
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve(describe(answer.statusCode ?? 0, text)));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function describe(status: number, text: string): string {
  const code = /"error":\{"code":(-?\d+)/.exec(text)?.[1];
  return code === undefined ? String(status) : `${status} ${code}`;
}
