// Everything that is not policy passes between HTTP and HTTP as it came, byte for byte, both ways.
import { expect, test } from 'vitest';
import { ask, call, listen, startHttpSidecar } from './http-sidecar.ts';
import { answerCalls, answerJson, startUpstream } from './upstream-fixture.ts';

const ODD = `{"jsonrpc" : "2.0","z":1,"id":9007199254740993,\n "method":"tools/call","a":{"__x":1.0e2},"params":{"name":"pay","arguments":{"n":12345678901234567890,"é":"\\u00e9 😀","k":0.10},"extra":[1,2]}}`;

test('a request reaches the server as it was, whatever it holds', async () => {
  const upstream = await startUpstream(answerCalls);
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  expect((await ask(url, { body: ODD })).status).toBe(200);
  expect(upstream.seen[0]?.body.toString()).toBe(ODD);
});

const ANSWERS = [
  ['numbers over 2^53', '{"jsonrpc":"2.0","id":1,"result":{"n":9007199254740993,"m":1e400,"f":1.10}}'],
  ['unknown keys in their order', '{"z":1,"result":{"b":1,"a":2},"x":{"y":[]},"id":1,"jsonrpc":"2.0"}'],
  ['an error without an id', '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no","more":1}}'],
  ['white space and line breaks', '{\r\n  "jsonrpc": "2.0",\n\t"id": 1, "result": {}\n}\n'],
  ['a duplicate key', '{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}'],
] as const;

test.each(ANSWERS)('an answer passes as it is: %s', async (_name, body) => {
  const upstream = await startUpstream((_, response) => answerJson(response, body));
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  expect((await ask(url, { body: call('pay') })).text).toBe(body);
});

test('events pass one by one and byte for byte, in whatever pieces they come', async () => {
  const events = [
    'id: 1\nretry: 500\ndata:\n\n',
    ': a comment\r\n\r\n',
    'event: message\nid: a-2\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{"data":"é😀 \u2028"}}\n\n',
    'data: {"jsonrpc":"2.0",\ndata: "id":1,"result":{"n":12345678901234567890}}\n\n',
  ];
  const upstream = await startUpstream(async (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Own': 'kept' });
    for (const byte of Buffer.from(events.join(''))) {
      response.write(Buffer.from([byte]));
      if (byte === 0x0a) await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const reply = await ask(url, { body: call('pay') });
  expect(reply.text).toBe(events.join(''));
  expect(reply.headers).toMatchObject({ 'x-own': 'kept', 'x-accel-buffering': 'no' });
});

test('an event is there before the next one is sent', async () => {
  let proceed = (): void => {};
  const upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(
      'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1}}\n\n',
    );
    proceed = () => response.end('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
  });
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const stream = await listen(url, { method: 'POST', body: call('pay') });
  await stream.until((text) => text.includes('notifications/progress'));
  proceed();
  await stream.until((text) => text.includes('"result"'));
});

test('20 MB pass in both directions', async () => {
  const upstream = await startUpstream(({ body }, response) =>
    answerJson(
      response,
      `{"jsonrpc":"2.0","id":1,"result":{"length":${body.length},"pad":"${'é'.repeat(1e7)}"}}`,
    ),
  );
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const body = call('pay', { pad: 'é'.repeat(1e7) });
  const reply = await ask(url, { body });
  expect(JSON.parse(reply.text).result.length).toBe(Buffer.byteLength(body));
  expect(reply.body.length).toBeGreaterThan(2e7);
});

test('header fields pass both ways, but not those of the connection', async () => {
  const upstream = await startUpstream((_, response) => {
    response.setHeader('WWW-Authenticate', 'Bearer scope="x"');
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.setHeader('Connection', 'x-hop');
    response.setHeader('X-Hop', '1');
    answerJson(response, '{"jsonrpc":"2.0","id":1,"result":{}}');
  });
  const { url } = await startHttpSidecar({
    args: ['--upstream', upstream.url, '--header', 'X-Api-Key: own'],
  });
  const headers = {
    authorization: 'Bearer of-the-server',
    traceparent: '00-1',
    'X-ODD-Name': 'a, b',
    'x-api-key': 'the client’s'.replace('’', "'"),
    te: 'trailers',
    'accept-encoding': 'gzip',
  };
  const reply = await ask(url, { headers, body: call('pay') });
  const [seen] = upstream.seen;
  expect(seen?.headers).toMatchObject({
    authorization: 'Bearer of-the-server',
    traceparent: '00-1',
    'x-api-key': 'own',
    'accept-encoding': 'identity',
    host: new URL(upstream.url).host,
  });
  expect(seen?.rawHeaders).toContain('X-ODD-Name');
  expect(seen?.headers).not.toHaveProperty('te');
  expect(reply.headers).toMatchObject({
    'www-authenticate': 'Bearer scope="x"',
    'set-cookie': ['a=1', 'b=2'],
  });
  expect(reply.headers).not.toHaveProperty('x-hop');
});

test('what the server says of its session, of GET and of DELETE reaches the client', async () => {
  const upstream = await startUpstream(({ method, headers }, response) => {
    if (method === 'GET') return response.writeHead(405, { Allow: 'POST' }).end('no stream');
    if (method === 'DELETE') return response.writeHead(200).end();
    if (headers['mcp-session-id'] === 'gone') {
      return answerJson(response, '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"unknown"}}', 404);
    }
    response.setHeader('Mcp-Session-Id', 'sid-1');
    return answerJson(response, '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18"}}');
  });
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  const opened = await ask(url, { body: '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}' });
  expect(opened.headers['mcp-session-id']).toBe('sid-1');
  expect(await ask(url, { method: 'GET' })).toMatchObject({ status: 405, text: 'no stream' });
  const used = { 'mcp-session-id': 'sid-1' };
  expect((await ask(url, { method: 'DELETE', headers: used })).status).toBe(200);
  expect(upstream.seen.at(-1)?.headers['mcp-session-id']).toBe('sid-1');
  const gone = await ask(url, { headers: { 'mcp-session-id': 'gone' }, body: call('pay') });
  expect(gone).toMatchObject({ status: 404, text: expect.stringContaining('unknown') });
});

test('a notification and an answer of the client are accepted as the server accepts them', async () => {
  const upstream = await startUpstream((_, response) => response.writeHead(202).end());
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  for (const body of [
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    '{"jsonrpc":"2.0","id":5,"result":{"roots":[]}}',
  ]) {
    expect(await ask(url, { body })).toMatchObject({ status: 202, text: '' });
  }
  expect(upstream.seen).toHaveLength(2);
});
