// The policy over HTTP: what is denied never reaches the server, lists are filtered on whatever stream they come.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ask, call, listen, modern, startHttpSidecar } from './http-sidecar.ts';
import { answerCalls, answerJson, startUpstream } from './upstream-fixture.ts';

const POLICY = `version: "1"
default: deny
hide: [secret]
tools:
  pay:
    rules:
      - rate_limit: 2/day
  close:
    rules:
      - action: require_approval
        approval_timeout: 2s
`;
const TOOLS = '[{"name":"pay"},{"name":"secret"},{"name":"other"}]';
const LIST = `{"jsonrpc":"2.0","id":1,"result":{"tools":${TOOLS},"nextCursor":""}}`;
const LISTED = '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"pay"}],"nextCursor":""}}';

const facts = (text: string) => JSON.parse(text).result._meta['dev.regent/decision'];

test('a denied call is answered by Regent, journalled, and never sent', async () => {
  const upstream = await startUpstream(answerCalls);
  const sidecar = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
  const reply = await ask(sidecar.url, { body: call('other') });
  expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/json']);
  expect(facts(reply.text)).toMatchObject({ outcome: 'deny', executed: false });
  const modernReply = await ask(sidecar.url, modern('tools/call', { name: 'secret', arguments: {} }));
  expect(JSON.parse(modernReply.text).result).toMatchObject({ resultType: 'complete', isError: true });
  expect(upstream.seen).toEqual([]);
  expect(sidecar.journal()).toMatchObject([{ tool: 'other', outcome: 'deny' }, { tool: 'secret' }]);
});

test('limits count over HTTP as they do over stdio', async () => {
  const upstream = await startUpstream(answerCalls);
  const { url, journal } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
  const replies = await Promise.all([1, 2, 3, 4, 5].map((id) => ask(url, { body: call('pay', {}, id) })));
  expect(replies.filter(({ text }) => text.includes('rate_limit') || text.includes('isError'))).toHaveLength(
    3,
  );
  expect(upstream.seen).toHaveLength(2);
  await sleep(300);
  expect(journal().filter(({ result }) => result === 'answered')).toHaveLength(2);
});

describe('a list of tools is filtered', () => {
  const sse = (data: string) => `id: 7\ndata: ${data}\n\n`;

  test.each([
    ['in JSON', 'application/json', LIST, LISTED],
    ['in an event, which keeps its id', 'text/event-stream', sse(LIST), sse(LISTED)],
    ['in a batch', 'application/json', `[${LIST}]`, `[${LISTED}]`],
    [
      'without a byte of the rest',
      'application/json',
      LIST.replace('1', '1.0 '),
      LISTED.replace('1', '1.0 '),
    ],
  ])('%s', async (_name, type, sent, received) => {
    const upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'Content-Type': type });
      response.end(sent);
    });
    const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const reply = await ask(url, { body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
    expect(reply.text).toBe(received);
  });

  test('whichever answer it is, where the client used its id for another request as well', async () => {
    const upstream = await startUpstream((_, response) =>
      answerJson(response, `[${LIST},{"jsonrpc":"2.0","id":1,"result":{}}]`),
    );
    const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    const body = `[{"jsonrpc":"2.0","id":1,"method":"tools/list"},${ping}]`;
    expect((await ask(url, { body })).text).toBe(`[${LISTED},{"jsonrpc":"2.0","id":1,"result":{}}]`);
  });

  test('when it is replayed on a stream that was resumed', async () => {
    const upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.end(sse(LIST));
    });
    const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const headers = { 'last-event-id': '6' };
    expect((await ask(url, { method: 'GET', headers })).text).toBe(sse(LISTED));
    expect(upstream.seen[0]?.headers['last-event-id']).toBe('6');
  });

  test('in compressed answers as well', async () => {
    const { gzipSync } = await import('node:zlib');
    const upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
      response.end(gzipSync(LIST));
    });
    const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const reply = await ask(url, { body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
    expect([reply.text, reply.headers['content-encoding']]).toEqual([LISTED, undefined]);
  });

  test('marked as private where caches would serve it to others', async () => {
    const list = LIST.replace('"nextCursor":""', '"ttlMs":5,"cacheScope":"public"');
    const upstream = await startUpstream((_, response) => answerJson(response, list));
    const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    expect((await ask(url, modern('tools/list'))).text).toContain('"cacheScope":"private"');
  });
});

test('of a batch only what is allowed is sent, and the answers come as one batch', async () => {
  const upstream = await startUpstream(answerCalls);
  const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
  const body = `[${call('pay', {}, 1)},${call('other', {}, 2)}, {"jsonrpc":"2.0","method":"notifications/x"}]`;
  const answers = JSON.parse((await ask(url, { body })).text) as Array<{ id: number; result: object }>;
  expect(answers.map(({ id }) => id).sort()).toEqual([1, 2]);
  expect(answers.find(({ id }) => id === 2)?.result).toMatchObject({ isError: true });
  const sent = JSON.parse(upstream.seen[0]?.body.toString() ?? '') as Array<{ id?: number; method: string }>;
  expect(sent.map(({ method }) => method)).toEqual(['tools/call', 'notifications/x']);
});

test('a held call keeps its client waiting on an event stream, and is denied in the end', async () => {
  const upstream = await startUpstream(answerCalls);
  const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
  const reply = await ask(url, { body: call('close') });
  expect(reply.headers['content-type']).toBe('text/event-stream');
  expect(reply.text).toContain('No human approved it in time');
  expect(upstream.seen).toEqual([]);
});

test('a held call that is cancelled, in a request of its own, is not answered and never runs', async () => {
  const upstream = await startUpstream((seen, response) =>
    seen.body.includes('initialize')
      ? answerJson(response.setHeader('Mcp-Session-Id', 's1'), '{"jsonrpc":"2.0","id":1,"result":{}}')
      : answerCalls(seen, response),
  );
  const { url, journal } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
  await ask(url, { body: '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}' });
  const headers = { 'mcp-session-id': 's1' };
  const held = ask(url, { headers, body: call('close', {}, 9) });
  await sleep(300);
  const cancel = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}';
  expect((await ask(url, { headers, body: cancel })).status).toBe(202);
  expect((await held).text).toBe('');
  await sleep(300);
  expect(journal()).toMatchObject([{ tool: 'close', result: 'hold-void' }]);
  expect(upstream.seen).toHaveLength(1);
});

test('a new policy is in force at once, and streams that listen are told', async () => {
  const upstream = await startUpstream(({ method, body }, response) => {
    if (method === 'GET')
      return response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    response.setHeader('Mcp-Session-Id', 's1');
    return body.includes('initialize')
      ? answerJson(
          response,
          '{"jsonrpc":"2.0","id":1,"result":{"capabilities":{"tools":{"listChanged":true}}}}',
        )
      : answerJson(response, '{"jsonrpc":"2.0","id":1,"result":{}}');
  });
  const { url, policyFile } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
  await ask(url, { body: '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}' });
  const headers = { 'mcp-session-id': 's1' };
  const standing = await listen(url, { headers });
  writeFileSync(policyFile, 'version: "1"\ndefault: allow\n');
  await standing.until((text) => text.includes('notifications/tools/list_changed'));
  expect((await ask(url, { headers, body: call('other') })).text).toBe(
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  );
});

test('what the operator asks of the server in its URL, no client takes back', async () => {
  const upstream = await startUpstream(answerCalls);
  const args = ['--upstream', `${upstream.url}?read_only=true`];
  const { url } = await startHttpSidecar({ policy: POLICY, args });
  await ask(`${url}?read_only=false`, { body: call('pay') });
  expect(upstream.seen.map((seen) => seen.url)).toEqual(['/mcp?read_only=true']);
});

describe('what is not read the same way by everybody is refused', () => {
  test.each([
    ['no JSON', 'hello', 400, -32700],
    [
      'a second name',
      '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"pay","name":"x"}}',
      400,
      -32600,
    ],
    ['an empty batch', '[]', 400, -32600],
    ['trailing data', `${call('pay')} {}`, 400, -32700],
    ['no body', '', 400, -32700],
  ])('%s', async (_name, body, status, code) => {
    const upstream = await startUpstream(answerCalls);
    const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const reply = await ask(url, { body });
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([status, code]);
    expect(upstream.seen).toEqual([]);
  });

  test.each([
    ['another tool', { 'mcp-name': 'pay2' }],
    ['another method', { 'mcp-method': 'tools/list' }],
    ['another version', { 'mcp-protocol-version': '2025-11-25' }],
  ])('header fields that say %s than the body', async (_name, headers) => {
    const upstream = await startUpstream(answerCalls);
    const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const request = modern('tools/call', { name: 'pay', arguments: {} });
    const reply = await ask(url, { ...request, headers: { ...request.headers, ...headers } });
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([400, -32020]);
    expect(upstream.seen).toEqual([]);
  });
});
