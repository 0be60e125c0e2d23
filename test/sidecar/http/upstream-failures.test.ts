// An upstream that is down, slow, breaks off, or answers with something else: each has its answer, and a call that may
// have reached the server is never sent twice.
import { writeFileSync } from 'node:fs';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openFile } from '../../approvals/open-store.ts';
import { freePort } from '../../fixtures/free-port.ts';
import { startLineClient } from '../../fixtures/line-client.ts';
import { REGENT } from '../guarded-server.ts';
import { ask, call, listen, modern, startHttpSidecar } from './http-sidecar.ts';
import { answerCalls, answerJson, startUpstream } from './upstream-fixture.ts';

const LIMITED = 'version: "1"\ntools:\n  pay:\n    rules:\n      - rate_limit: 1/day\n';

test('a server that is not there: 502, and the charges are given back', async () => {
  const args = ['--upstream', `http://127.0.0.1:${await freePort()}/mcp`];
  const { url, journal } = await startHttpSidecar({ policy: LIMITED, args });
  for (let round = 0; round < 2; round += 1) {
    const reply = await ask(url, { body: call('pay') });
    expect(reply.status).toBe(502);
    expect(JSON.parse(reply.text)).toMatchObject({
      id: 1,
      error: { code: -32603, message: expect.stringContaining('never reached the server') },
    });
  }
  await sleep(300);
  expect(journal()).toMatchObject([{ result: 'not-sent' }, { result: 'not-sent' }]);
});

test.each([
  ['at once', (response: ServerResponse) => void response.destroy()],
  [
    'in the middle of its answer',
    (response: ServerResponse) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"jsonrpc":"2.0",');
      setTimeout(() => response.destroy(), 50);
    },
  ],
])('a server that breaks off %s: 502, not sent again, and the charge stays', async (_name, breakOff) => {
  const upstream = await startUpstream((_, response) => breakOff(response));
  const { url, journal } = await startHttpSidecar({ policy: LIMITED, args: ['--upstream', upstream.url] });
  const reply = await ask(url, { body: call('pay') });
  expect([reply.status, JSON.parse(reply.text).error.message]).toEqual([
    502,
    expect.stringContaining('unknown'),
  ]);
  expect(JSON.parse((await ask(url, { body: call('pay') })).text).result.isError).toBe(true);
  await sleep(300);
  expect(upstream.seen).toHaveLength(1);
  expect(journal()[0]).toMatchObject({ result: 'server-died' });
});

test('an event stream that ends without the answer: the client gets one, at once', async () => {
  const upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end('data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n');
  });
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const { text } = await ask(url, { body: call('pay') });
  expect(text).toMatch(/notifications\/message[\s\S]*"id":1,"error":/);
});

test('an event stream with ids that ends early is left to the client to resume', async () => {
  const result = 'id: 2\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n';
  const upstream = await startUpstream(({ method, body }, response) => {
    if (body.includes('initialize')) {
      return answerJson(response.setHeader('Mcp-Session-Id', 's'), '{"jsonrpc":"2.0","id":0,"result":{}}');
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    return response.end(method === 'GET' ? result : 'id: 1\nretry: 10\ndata:\n\n');
  });
  const { url, journal } = await startHttpSidecar({ policy: LIMITED, args: ['--upstream', upstream.url] });
  await ask(url, { body: '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}' });
  const headers = { 'mcp-session-id': 's' };
  expect((await ask(url, { headers, body: call('pay') })).text).toBe('id: 1\nretry: 10\ndata:\n\n');
  const resumed = await ask(url, { method: 'GET', headers: { ...headers, 'last-event-id': '1' } });
  expect(resumed.text).toBe(result);
  await sleep(300);
  expect(journal()).toMatchObject([{ result: 'answered' }]);
});

test('HTML instead of an answer', async () => {
  const upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end('<h1>Welcome</h1>');
  });
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const reply = await ask(url, { body: call('pay') });
  expect([reply.status, JSON.parse(reply.text).error.message]).toEqual([
    502,
    expect.stringContaining('text/html'),
  ]);
});

test.each([
  [
    401,
    { 'WWW-Authenticate': 'Bearer resource_metadata="https://x.example/.well-known/y"' },
    '{"error":"no"}',
  ],
  [403, {}, 'forbidden'],
  [404, { 'Content-Type': 'text/html' }, '<h1>Not found</h1>'],
  [500, { 'Content-Type': 'text/plain' }, 'broken'],
  [429, { 'Retry-After': '7' }, ''],
])('status %i passes with its header fields and its body', async (status, headers, body) => {
  const upstream = await startUpstream((_, response) => response.writeHead(status, headers).end(body));
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const reply = await ask(url, { body: call('pay') });
  expect(reply).toMatchObject({ status, text: body });
  for (const [name, value] of Object.entries(headers)) expect(reply.headers[name.toLowerCase()]).toBe(value);
});

test('a redirect to another origin is not followed, and not told to the client', async () => {
  const elsewhere = await startUpstream(answerCalls);
  const upstream = await startUpstream((_, response) =>
    response.writeHead(307, { Location: `${elsewhere.url}?token=secret` }).end(),
  );
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const reply = await ask(url, { body: call('pay') });
  expect([reply.status, reply.headers.location]).toEqual([502, undefined]);
  expect(reply.text).not.toContain('secret');
  expect(elsewhere.seen).toEqual([]);
});

test('a redirect within the server is followed with the same request', async () => {
  const upstream = await startUpstream((seen, response) =>
    seen.url === '/mcp' ? response.writeHead(308, { Location: '/mcp/' }).end() : answerCalls(seen, response),
  );
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  expect((await ask(url, { body: call('pay') })).status).toBe(200);
  expect(upstream.seen.map(({ body }) => body.toString())).toEqual([call('pay'), call('pay')]);
});

test('a client of 2026-07-28 that goes away cancels; one of the older protocols does not', async () => {
  const upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
  });
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const old = await listen(url, { method: 'POST', body: call('pay') });
  const current = await listen(url, {
    method: 'POST',
    ...modern('tools/call', { name: 'pay', arguments: {} }),
  });
  await upstream.whenSeen(2);
  old.close();
  current.close();
  while (!upstream.seen[1]?.isAborted) await sleep(10);
  await sleep(100);
  expect(upstream.seen[0]?.isAborted).toBe(false);
});

test('a call that ran stays charged when another one of the same id never reached the server', async () => {
  const server = http.createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    // Whoever comes later finds nobody.
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => server.closeAllConnections());
  const { file, store } = await openFile();
  const folder = path.dirname(file);
  const policy = path.join(folder, 'policy.yaml');
  writeFileSync(policy, 'version: "1"\ntools:\n  pay:\n    rules:\n      - spend: {daily: 100}\n');
  const upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const client = startLineClient(process.execPath, [
    ...[REGENT, '-c', policy, '--state', file, '--upstream', upstream],
  ]);
  onTestFinished(async () => void (await client.close()));
  client.send(call('pay', { amount: 60 }, 1));
  while (server.listening) await sleep(10);
  client.send(call('pay', { amount: 1 }, 1));
  expect(await client.next()).toContain('cannot be reached');
  const counters = await store.listCounters('', 10);
  expect(counters.map(({ value }) => value)).toEqual([6100]);
});

test('a batch over stdio to a server that is not there: each request is answered, and its charge given back', async () => {
  const { file } = await openFile();
  const policy = path.join(path.dirname(file), 'policy.yaml');
  writeFileSync(policy, LIMITED);
  const upstream = `http://127.0.0.1:${await freePort()}/mcp`;
  const client = startLineClient(process.execPath, [
    ...[REGENT, '-c', policy, '--state', file, '--upstream', upstream],
  ]);
  onTestFinished(async () => void (await client.close()));
  for (let round = 0; round < 2; round += 1) {
    client.send(`[${call('pay', {}, 'a')},{"jsonrpc":"2.0","id":2,"method":"ping"}]`);
    const answers = [await client.next(), await client.next()].sort();
    expect(answers.map((line) => JSON.parse(line).id)).toEqual(['a', 2]);
    expect(answers[0]).toContain('cannot be reached');
  }
});
