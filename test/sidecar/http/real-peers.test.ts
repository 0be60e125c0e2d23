// Real clients and real servers on both sides: server-everything over each of its transports, the SDK's clients of both
// lines, the Inspector's command line.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, onTestFinished, test } from 'vitest';
import { fixturePath } from '../../fixtures/fixture-path.ts';
import { shareBundles } from '../../fixtures/share-bundles.ts';
import { EVERYTHING, endWithTest, startEverything } from '../../fixtures/start-everything.ts';
import { REGENT } from '../guarded-server.ts';
import { startHttpSidecar } from './http-sidecar.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const INSPECTOR = path.join(ROOT, 'node_modules/.bin/mcp-inspector-cli');
const POLICY =
  'version: "1"\ndefault: allow\nhide: [get-env]\ntools:\n  echo:\n    rules: [{rate_limit: 2/day}]\n';

/** Two calls are allowed, the third is not; the hidden tool is not there. */
async function use(client: Client | ClientV1): Promise<void> {
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  expect([names.includes('echo'), names.includes('get-env')]).toEqual([true, false]);
  for (const word of ['one', 'two']) {
    const { content } = await client.callTool({ name: 'echo', arguments: { message: word } });
    expect(content).toEqual([{ type: 'text', text: `Echo: ${word}` }]);
  }
  expect(await client.callTool({ name: 'echo', arguments: { message: 'three' } })).toMatchObject({
    isError: true,
  });
  expect(await client.callTool({ name: 'get-env', arguments: {} })).toMatchObject({ isError: true });
}

test('HTTP to Streamable HTTP', async () => {
  const origin = await startEverything('streamableHttp');
  const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', `${origin}/mcp`] });
  const client = new ClientV1({ name: 'v1', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  await use(client);
  await client.close();
});

test('HTTP to a server of 2024-11-05 (HTTP+SSE)', async () => {
  const origin = await startEverything('sse');
  const { url, journal } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', `${origin}/sse`] });
  const client = new ClientV1({ name: 'v1', version: '1' });
  await client.connect(new SSEClientTransport(new URL(url)));
  await use(client);
  await client.close();
  expect(journal().map(({ outcome }) => outcome)).toEqual(['allow', 'allow', 'deny', 'deny']);
});

test('HTTP to stdio', async () => {
  const command = [process.execPath, EVERYTHING, 'stdio'];
  const { url } = await startHttpSidecar({ policy: POLICY, args: [], command });
  const client = new ClientV1({ name: 'v1', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  await use(client);
  await client.close();
});

function overStdio(upstream: string): StdioClientTransport {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-stdio-'));
  shareBundles(folder);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const policy = path.join(folder, 'policy.yaml');
  writeFileSync(policy, POLICY.replace('hide: [get-env]', 'hide: [get-env, forbidden]'));
  const args = [REGENT, '-c', policy, '--state', path.join(folder, 's.db'), '--upstream', upstream];
  const env = { ...(process.env as Record<string, string>), HOME: folder };
  return new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' });
}

test.each(['streamableHttp', 'sse'] as const)('stdio to %s', async (transport) => {
  const origin = await startEverything(transport);
  const client = new Client({ name: 'v2', version: '1' });
  await client.connect(overStdio(`${origin}/${transport === 'sse' ? 'sse' : 'mcp'}`));
  await use(client);
  await client.close();
});

test('stdio to a server of 2026-07-28', async () => {
  const child = spawn(process.execPath, [fixturePath('reference-server/main'), '--port', '0']);
  endWithTest(child);
  const url = await new Promise<string>((resolve) => {
    child.stderr.on('data', (part: Buffer) => resolve(/listening on (\S+)/.exec(String(part))?.[1] ?? ''));
  });
  const client = new Client(
    { name: 'v2', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  await client.connect(overStdio(url));
  expect(
    await client.callTool({ name: 'test_x_mcp_header', arguments: { region: 'é ', level: 3 } }),
  ).toMatchObject({
    content: [{ text: '{"region":"é ","level":3}' }],
  });
  const progress: number[] = [];
  await client.callTool(
    { name: 'test_tool_with_progress', arguments: {} },
    { onprogress: ({ progress: step }) => void progress.push(step) },
  );
  expect(progress).toEqual([0, 50, 100]);
  await client.close();
});

test("the Inspector's command line lists and calls", async () => {
  const origin = await startEverything('streamableHttp');
  const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', `${origin}/mcp`] });
  const inspect = (target: string): unknown => {
    const args = [INSPECTOR, '--cli', target, '--transport', 'http', '--method', 'tools/list'];
    return JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
  };
  const listed = inspect(`${origin}/mcp`) as { tools: Array<{ name: string }> };
  const expected = { ...listed, tools: listed.tools.filter(({ name }) => name !== 'get-env') };
  expect(inspect(url)).toEqual(expected);
});
