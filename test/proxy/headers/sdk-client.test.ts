// Regent stands in for a client over HTTP: what the SDK's own client would list and send is what Regent lists and sends.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createToolHeaders } from '../../../src/proxy/headers/tool-headers.ts';
import { ANNOTATED, annotatedCall } from './calls.ts';
import { headersFor, learn } from './posts.ts';
import { listenFor } from './reference-server.ts';

type Schema = Record<string, unknown>;

/** What the client sent last: its body, and the header fields that MCP defines. */
interface Sent {
  readonly body: string;
  readonly headers: Record<string, string>;
}

let schemas: readonly Schema[] = [];
let sent: Sent | null = null;
let client: Client;
let closeAll: () => Promise<void>;

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const handler = createMcpHandler(() => {
    const server = new Server({ name: 's', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/list', () => ({
      tools: schemas.map((schema, index) => ({
        name: `t${index}`,
        inputSchema: { ...schema, type: 'object' },
      })),
    }));
    server.setRequestHandler('tools/call', () => ({ content: [] }));
    return server;
  });
  const { port, close } = await listenFor(handler);
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  client = new Client({ name: 'c', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(new StreamableHTTPClientTransport(url, { fetch: noteSent }));
  closeAll = async () => {
    await client.close();
    await close();
  };
});

afterEach(() => closeAll());

async function noteSent(url: string | URL, init?: RequestInit): Promise<Response> {
  const headers = [...new Headers(init?.headers)].filter(([name]) => name.startsWith('mcp-'));
  sent = { body: String(init?.body), headers: Object.fromEntries(headers) };
  return fetch(url, init);
}

const LEAF = {
  type: fc.constantFrom('string', 'integer', 'boolean', 'number', 'object', ['string', 'null']),
  'x-mcp-header': fc.constantFrom('A', 'a', 'B', 'C', 'D', 'E', 'F', '', 'x y', 5, null),
  default: fc.constant({ 'x-mcp-header': 'A' }),
};

function nested(inner: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  const named = fc.dictionary(fc.constantFrom('a', 'b', 'x-mcp-header'), inner, { maxKeys: 2 });
  const keywords = {
    properties: named,
    items: inner,
    oneOf: fc.array(inner, { maxLength: 2 }),
    $defs: named,
  };
  return fc.record({ ...LEAF, ...keywords }, { requiredKeys: [] });
}

const schemaOf = nested(nested(nested(fc.record(LEAF, { requiredKeys: [] }))));
/** A plain chain of properties, so that many are valid. */
const chain = fc
  .tuple(fc.constantFrom('string', 'integer', 'number'), fc.constantFrom('A', 'b', '|', 'é'), fc.nat(3))
  .map(([type, name, depth]) =>
    Array.from({ length: depth + 1 }).reduce<Schema>((inner) => ({ properties: { a: inner } }), {
      type,
      'x-mcp-header': name,
    }),
  );

it('lists the tools that the client lists', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(schemaOf, chain), { minLength: 50, maxLength: 50 }),
      async (generated) => {
        schemas = generated;
        const { tools } = await client.listTools(undefined, { cacheMode: 'refresh' });
        const learnt = createToolHeaders();
        const names = generated.map((_, index) => `t${index}`);
        const listed = names.filter((name, index) =>
          learn(learnt, name, { ...generated[index], type: 'object' }),
        );
        expect(listed).toEqual(tools.map(({ name }) => name));
        expect(listed.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 20 },
  );
});

it('sends the header fields that the client sends', async () => {
  schemas = [ANNOTATED];
  await client.listTools();
  const learnt = createToolHeaders();
  learn(learnt, 't0', ANNOTATED);
  await fc.assert(
    fc.asyncProperty(annotatedCall, async (args) => {
      await client.callTool({ name: 't0', arguments: JSON.parse(args) });
      const { body, headers } = sent ?? { body: '', headers: {} };
      const made = headersFor(body, learnt).map(([name, value]) => [name.toLowerCase(), value]);
      expect(Object.fromEntries(made)).toEqual(headers);
      expect(made).toHaveLength(7);
    }),
    { numRuns: 60 },
  );
});
