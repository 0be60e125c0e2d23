// Scanning servers behind an URL: each transport with real servers, credentials, and what is said where it fails.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { scanServer } from '../../../src/cli/scan/scan-server.ts';
import { startEverything } from '../../fixtures/start-everything.ts';
import { listenFor } from '../../proxy/headers/reference-server.ts';
import { startUpstream, type Upstream } from '../../sidecar/http/upstream-fixture.ts';
import { createWorkbench } from '../run-regent.ts';

const bench = createWorkbench();
afterAll(bench.remove);

test.each([
  ['streamableHttp', '/mcp'],
  ['sse', '/sse'],
] as const)('finds the tools of a server over %s', async (transport, at) => {
  const url = `${await startEverything(transport)}${at}`;
  const { status, stderr } = bench.run('scan', '-o', `${transport}.yaml`, '--upstream', url);
  expect([status, stderr]).toEqual([0, expect.stringContaining('Read it, then check it')]);
  const policy = parse(readFileSync(path.join(bench.folder, `${transport}.yaml`), 'utf8'));
  expect(policy).toMatchObject({ default: 'deny', tools: { echo: { rules: [] } } });
});

function scan(
  url: string,
  ...headers: ReadonlyArray<readonly [string, string]>
): ReturnType<typeof scanServer> {
  return scanServer({ kind: 'upstream', url: new URL(url), headers });
}

const INFO = { name: 'modern', version: '1' };

/** A server that wants a credential. */
function startGuarded(): Promise<Upstream> {
  return startUpstream(({ headers, body }, response) => {
    if (headers.authorization !== 'Bearer good') {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
      return;
    }
    const { id, method } = body.length > 0 ? JSON.parse(body.toString()) : {};
    if (id === undefined) return response.writeHead(body.length > 0 ? 202 : 405).end();
    const opening = {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'g', version: '1' },
    };
    const result = method === 'initialize' ? opening : { tools: [{ name: 'a', inputSchema: {} }] };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
}

test('sends the credential that --header names with every request', async () => {
  const { url, seen } = await startGuarded();
  const { tools } = await scan(url, ['Authorization', 'Bearer good']);
  expect(tools.map(({ name }) => name)).toEqual(['a']);
  expect(seen.every(({ headers }) => headers.authorization === 'Bearer good')).toBe(true);
});

test('says that a server wants a credential, without the query of its URL', async () => {
  const { url } = await startGuarded();
  await expect(scan(`${url}?key=hunter2`)).rejects.toThrow(
    `"${url}" could not be asked for its tools: The MCP server wants a credential (it asks for Bearer)`,
  );
});

test('says that a server speaks later protocols only', async () => {
  const { port, close } = await listenFor(createMcpHandler(() => new McpServer(INFO), { legacy: 'reject' }));
  onTestFinished(close);
  await expect(scan(`http://127.0.0.1:${port}/mcp`)).rejects.toThrow('list the tools in a policy by hand');
});

test('says that nobody listens there', async () => {
  await expect(scan('http://127.0.0.1:1/mcp')).rejects.toThrow(
    /^"http:\/\/127\.0\.0\.1:1\/mcp" could not be asked for its tools: .*the request did not run\.$/,
  );
});

test.each([
  [['--upstream', 'ftp://x'], 'is not an http or https URL'],
  [['--upstream', 'http://x', '--', 'true'], 'both a command and --upstream were given'],
  [['--header', 'A: b', '--', 'true'], '--header is for a server behind --upstream'],
])('refuses %j', (args, told) => {
  expect(bench.run('scan', ...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(told) });
});
