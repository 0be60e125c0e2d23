// HTTP in front of a command: a child for each session of the older protocols, one shared child for 2026-07-28.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fixturePath } from '../../fixtures/fixture-path.ts';
import { ask, call, listen, modern, startHttpSidecar } from './http-sidecar.ts';

const ECHO = [
  process.execPath,
  fixturePath('echo-server'),
  '--tool',
  '{"name":"pay"}',
  '--tool',
  '{"name":"other"}',
];
const MODERN = [process.execPath, fixturePath('modern-server')];
const POLICY = 'version: "1"\ntools:\n  pay:\n    rules: []\n  greet:\n    rules: [{rate_limit: 100/day}]\n';
const INITIALIZE =
  '{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}';

/** Processes whose parent is this one, by their command lines. */
function childrenOf(pid: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
        return Number(parent) === pid ? [readFileSync(`/proc/${name}/cmdline`, 'utf8')] : [];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes('server'));
}

async function openSession(url: string): Promise<{ 'mcp-session-id': string }> {
  const { headers } = await ask(url, { body: INITIALIZE });
  return { 'mcp-session-id': String(headers['mcp-session-id']) };
}

const messageIn = (text: string) => JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);

test.each(['legacy', 'modern'])(
  'an answer over the size limit is an error, and others go on: %s',
  async (era) => {
    const { url } = await startHttpSidecar({
      args: [],
      command: [...ECHO, '--modern'],
      prepare: (folder) => {
        const file = `${folder}/regent.yaml`;
        writeFileSync(file, 'limits: {body: 1MiB}\n');
        return ['--config', file];
      },
    });
    const headers = era === 'legacy' ? await openSession(url) : {};
    const callTool = (name: string, args: object) =>
      era === 'legacy'
        ? ask(url, { headers, body: call(name, args, 'x') })
        : ask(url, modern('tools/call', { name, arguments: args }, 'x'));
    const { id, error } = messageIn((await callTool('big', { bytes: 2e6 })).text);
    expect([id, error.message]).toEqual(['x', expect.stringContaining('over the size limit')]);
    expect(messageIn((await callTool('big', { bytes: 10 })).text)).toHaveProperty('result');
  },
);

describe('sessions of the older protocols', () => {
  test('begin with initialize, have a child each, and end with DELETE', async () => {
    const { url, process: sidecar } = await startHttpSidecar({ policy: POLICY, args: [], command: ECHO });
    const [one, two] = [await openSession(url), await openSession(url)];
    expect(one).not.toEqual(two);
    expect(childrenOf(sidecar.pid ?? 0)).toHaveLength(2);
    const reply = await ask(url, { headers: one, body: call('pay', {}, 7) });
    expect(messageIn(reply.text)).toMatchObject({ id: 7, result: {} });
    expect((await ask(url, { method: 'DELETE', headers: one })).status).toBe(200);
    expect((await ask(url, { headers: one, body: call('pay') })).status).toBe(404);
    expect((await ask(url, { headers: two, body: call('pay') })).status).toBe(200);
    while (childrenOf(sidecar.pid ?? 0).length !== 1) await sleep(20);
  });

  test.each([
    ['without a session', {}, 400],
    ['of a session that is not there', { 'mcp-session-id': 'x' }, 404],
    ['of a version that nobody knows', { 'mcp-protocol-version': '1999-01-01' }, 400],
  ])('a request %s is refused', async (_name, headers, status) => {
    const { url } = await startHttpSidecar({ policy: POLICY, args: [], command: ECHO });
    const session = 'mcp-protocol-version' in headers ? await openSession(url) : {};
    expect((await ask(url, { headers: { ...session, ...headers }, body: call('pay') })).status).toBe(status);
  });

  test('denials and lists are as over stdio', async () => {
    const { url, journal } = await startHttpSidecar({ policy: POLICY, args: [], command: ECHO });
    const headers = await openSession(url);
    const denied = messageIn((await ask(url, { headers, body: call('other') })).text);
    expect(denied.result._meta['dev.regent/decision']).toMatchObject({ outcome: 'deny', executed: false });
    const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
    const { result } = messageIn((await ask(url, { headers, body: list })).text);
    expect(result.tools.map(({ name }: { name: string }) => name)).toEqual(['pay']);
    expect(journal()).toMatchObject([{ tool: 'other', outcome: 'deny' }]);
  });

  test('one standing stream at a time; a pretty-printed body is one line for the child', async () => {
    const { url } = await startHttpSidecar({ policy: POLICY, args: [], command: ECHO });
    const headers = await openSession(url);
    const stream = await listen(url, { headers });
    expect([stream.status, stream.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect((await ask(url, { method: 'GET', headers })).status).toBe(409);
    const body = JSON.stringify(JSON.parse(call('pay', {}, 3)), null, 2);
    expect(messageIn((await ask(url, { headers, body })).text)).toMatchObject({ id: 3 });
    expect((await ask(url, { method: 'GET' })).status).toBe(405);
  });

  test('are limited in number', async () => {
    const { url } = await startHttpSidecar({
      policy: POLICY,
      args: [],
      command: ECHO,
      prepare: (folder) => {
        const file = `${folder}/regent.yaml`;
        writeFileSync(file, 'limits: {sessions: 2}\n');
        return ['--config', file];
      },
    });
    await openSession(url);
    await openSession(url);
    const refused = await ask(url, { body: INITIALIZE });
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '10']);
  });

  test('that are idle end by themselves', async () => {
    const { url, process: sidecar } = await startHttpSidecar({
      policy: POLICY,
      args: [],
      command: ECHO,
      prepare: (folder) => {
        const file = `${folder}/regent.yaml`;
        writeFileSync(file, 'limits: {session_idle: 1s}\n');
        return ['--config', file];
      },
    });
    const headers = await openSession(url);
    while (childrenOf(sidecar.pid ?? 0).length > 0) await sleep(50);
    expect((await ask(url, { headers, body: call('pay') })).status).toBe(404);
  });

  test('when one is over nobody waits in it any more: its stream and its held call end', async () => {
    const policy = `${POLICY}  other:\n    rules: [{action: require_approval}]\n`;
    const { url } = await startHttpSidecar({ policy, args: [], command: ECHO });
    const headers = await openSession(url);
    const standing = ask(url, { method: 'GET', headers });
    const held = ask(url, { headers, body: call('other', {}, 2) });
    const whole = { ...headers, accept: 'application/json' };
    const heldWhole = ask(url, { headers: whole, body: call('other', { n: 1 }, 3) });
    await sleep(500);
    expect((await ask(url, { method: 'DELETE', headers })).status).toBe(200);
    expect((await Promise.all([standing, held])).map(({ text }) => text.includes('data'))).toEqual([
      false,
      false,
    ]);
    expect((await heldWhole).status).toBe(404);
  });

  test('a child that dies: its requests are answered, its session is gone', async () => {
    const command = [process.execPath, '-e', DIES_ON_CALL];
    const { url } = await startHttpSidecar({ args: [], command });
    const headers = await openSession(url);
    const reply = messageIn((await ask(url, { headers, body: call('pay', {}, 4) })).text);
    expect(reply).toMatchObject({ id: 4, error: { message: expect.stringContaining('ended') } });
    expect((await ask(url, { headers, body: call('pay') })).status).toBe(404);
  });
});

const DIES_ON_CALL = `process.stdin.on('data', (d) => {
  if (String(d).includes('tools/call')) process.exit(3);
  console.log('{"jsonrpc":"2.0","id":"a","result":{"protocolVersion":"2025-06-18","capabilities":{}}}');
})`;

const ANSWERS_TWICE = `process.stdin.on('data', (d) => {
  console.log('{"jsonrpc":"2.0","id":' + JSON.parse(d).id + ',"result":{"a":1},"result":{"a":2}}');
})`;

describe('the shared child of 2026-07-28', () => {
  test('serves everybody, and mixes nothing up: equal ids, equal tokens', async () => {
    const { url, process: sidecar } = await startHttpSidecar({ policy: POLICY, args: [], command: MODERN });
    const names = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'greet' : 'forbidden'));
    const replies = await Promise.all(
      names.map((name) =>
        ask(url, modern('tools/call', { name, arguments: {}, _meta: { progressToken: 1 } }, 'same')),
      ),
    );
    for (const [index, { text }] of replies.entries()) {
      const { id, result } = messageIn(text);
      expect([id, result.isError ?? false]).toEqual(['same', index % 2 === 1]);
    }
    expect(childrenOf(sidecar.pid ?? 0)).toHaveLength(1);
  });

  test.each([
    ['a method that is not there', modern('no/such'), 404, -32601],
    ['a version that is not there', modernOf('2099-01-01'), 400, -32022],
    ['a header field that is missing', { ...modern('tools/list'), headers: {} }, 400, -32020],
  ])('%s is refused with its own status', async (_name, request, status, code) => {
    const { url } = await startHttpSidecar({ policy: POLICY, args: [], command: MODERN });
    const reply = await ask(url, request);
    expect([reply.status, messageIn(reply.text).error.code]).toEqual([status, code]);
  });

  test('an answer that can be read in two ways is an error for who asked, and no silence', async () => {
    const command = [process.execPath, '-e', ANSWERS_TWICE];
    const { url } = await startHttpSidecar({ args: [], command });
    const reply = await ask(url, modern('tools/call', { name: 'pay', arguments: {} }, 'mine'));
    expect(messageIn(reply.text)).toMatchObject({ id: 'mine', error: { code: -32603 } });
  });

  test('is started again when it has died', async () => {
    const { url, process: sidecar } = await startHttpSidecar({ policy: POLICY, args: [], command: MODERN });
    expect((await ask(url, modern('tools/list'))).status).toBe(200);
    const pid = readdirSync('/proc').find((name) => isChild(name, sidecar.pid ?? 0));
    process.kill(Number(pid), 'SIGKILL');
    await sleep(100);
    expect((await ask(url, modern('tools/list'))).status).toBe(200);
  });
});

function modernOf(version: string) {
  const { headers, body } = modern('tools/list');
  return {
    headers: { ...headers, 'mcp-protocol-version': version },
    body: body.replace('2026-07-28', version),
  };
}

function isChild(name: string, parent: number): boolean {
  try {
    const found = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
    return Number(found) === parent && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('modern');
  } catch {
    return false;
  }
}

test('real clients of both SDK lines work with it', async () => {
  const { url } = await startHttpSidecar({ policy: POLICY, args: [], command: MODERN });
  const old = new ClientV1({ name: 'v1', version: '1' });
  await old.connect(new TransportV1(new URL(url)));
  onTestFinished(() => old.close());
  expect((await old.listTools()).tools.map(({ name }) => name)).toEqual(['greet']);
  for (const mode of ['legacy', { pin: '2026-07-28' }] as const) {
    const client = new Client({ name: 'v2', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    onTestFinished(() => client.close());
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['greet']);
    expect(await client.callTool({ name: 'greet', arguments: {} })).toMatchObject({
      content: [{ text: 'greet ran' }],
    });
    expect(await client.callTool({ name: 'forbidden', arguments: {} })).toMatchObject({ isError: true });
  }
});
