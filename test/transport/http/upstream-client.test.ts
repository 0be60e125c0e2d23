// The client of an upstream against servers that misbehave, on raw sockets.
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { describe, expect, onTestFinished, test } from 'vitest';
import { JSON_HEAD, listening, open, startRaw } from './raw-upstream.ts';

test("the operator's header fields win over the client's, also over those that servers take for the same", async () => {
  let sent = '';
  const { url } = await startRaw((socket, chunk) => {
    sent += chunk;
    socket.end(`${JSON_HEAD}Content-Length: 2\r\n\r\n{}`);
  });
  const headers = [
    ['x-own', 'no'],
    ['X_Own', 'no'],
    ['X-Other', 'kept'],
  ] as const;
  await open(url).upstream.request({ method: 'POST', headers, body: Buffer.from('{}') });
  expect(sent.match(/^x.(own|other): .*$/gim)).toEqual(['X-Own: yes', 'X-Other: kept']);
});

describe('what goes wrong is told, and whether the request may have run', () => {
  test('nobody listens', async () => {
    const server = createServer();
    const url = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    await expect(open(url).post()).rejects.toMatchObject({ code: 'unreachable', mayHaveRun: false });
  });

  test.each([
    ['the connection ends when the request is there', (socket: Socket) => socket.destroy()],
    [
      'the connection ends in the head of the answer',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nCont'),
    ],
    ['the answer is no HTTP', (socket: Socket) => socket.end('hello there\r\n\r\n')],
    [
      'the head has no end',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(100_000)}`),
    ],
  ])('%s', async (_name, answer) => {
    const { url } = await startRaw((socket) => void answer(socket));
    await expect(open(url).post()).rejects.toMatchObject({ code: 'broken', mayHaveRun: true });
  });

  test.each([
    [
      'the body is shorter than it said',
      (socket: Socket) => socket.end(`${JSON_HEAD}Content-Length: 9\r\n\r\n{}`),
    ],
    [
      'the last chunk is missing',
      (socket: Socket) => socket.end(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n`),
    ],
    [
      'a chunk is no chunk',
      (socket: Socket) => socket.end(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nxx\r\n{}\r\n`),
    ],
  ])('%s', async (_name, answer) => {
    const { url } = await startRaw((socket) => void answer(socket));
    const reading = open(url)
      .post()
      .then((found) => found.readBody());
    await expect(reading).rejects.toMatchObject({ code: 'broken', mayHaveRun: true });
  });

  test('the body is over the limit', async () => {
    const { url } = await startRaw((socket) =>
      socket.end(`${JSON_HEAD}Content-Length: 2000\r\n\r\n${'x'.repeat(2000)}`),
    );
    const answer = await open(url, 1000).post();
    await expect(answer.readBody()).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('a small body becomes a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const { url } = await startRaw((socket) => {
      socket.write(`${JSON_HEAD}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    });
    const answer = await open(url, 1_000_000).post();
    await expect(answer.readBody()).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('the encoding is one that nobody asked for', async () => {
    const { url } = await startRaw((socket) =>
      socket.end(`${JSON_HEAD}Content-Encoding: zstd\r\nContent-Length: 2\r\n\r\n{}`),
    );
    await expect(open(url).post()).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('it switches to another protocol', async () => {
    const { url } = await startRaw((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    await expect(open(url).post()).rejects.toMatchObject({ code: 'unreadable', mayHaveRun: true });
  });

  test('a certificate that nobody trusts', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    const server = https.createServer({ key, cert }, (_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await expect(open(new URL(`https://127.0.0.1:${port}/`)).post()).rejects.toMatchObject({
      code: 'unreachable',
      mayHaveRun: false,
      message: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  test('the caller gives up', async () => {
    const { url } = await startRaw(() => {});
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    await expect(open(url).post('{}', controller.signal)).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('redirects', () => {
  test.each([
    ['to another origin', 307, 'http://evil.example.com/x?secret=1'],
    ['to another port', 308, 'http://127.0.0.1:1/mcp'],
    ['that make a GET of it', 302, '/mcp2'],
    ['to what is no URL', 307, 'http://['],
    ['without end', 307, '/mcp'],
  ])('%s are refused, without what they may tell', async (_name, status, location) => {
    const { url } = await startRaw((socket) =>
      socket.write(`HTTP/1.1 ${status} X\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
    );
    const problem = await open(url)
      .post()
      .catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: 'redirected' });
    expect(String(problem)).not.toContain('secret');
  });
});

const EVENT = 'data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n';

test.each([
  ['gzip', gzipSync('{"é":1}')],
  ['deflate', deflateSync('{"é":1}')],
  ['br', brotliCompressSync('{"é":1}')],
])('an answer in %s is read all the same', async (encoding, body) => {
  const { url } = await startRaw((socket) => {
    socket.write(`${JSON_HEAD}Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
  });
  const answer = await open(url).post();
  expect([answer.kind, (await answer.readBody()).toString(), answer.header('content-length')]).toEqual([
    'json',
    '{"é":1}',
    expect.any(String),
  ]);
  expect(answer.headers.map(([name]) => name.toLowerCase())).not.toContain('content-encoding');
});

test('compressed events come one by one', async () => {
  const server = http.createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    gzip.write(EVENT);
    gzip.flush();
  });
  const url = await listening(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const answer = await open(url).post();
  for await (const event of answer.readEvents()) {
    expect(event.raw.toString()).toBe(EVENT);
    break;
  }
});

test('connections are kept', async () => {
  const { url, connections } = await startRaw((socket) => {
    socket.write(`${JSON_HEAD}Content-Length: 2\r\n\r\n{}`);
  });
  const { post } = open(url);
  for (let round = 0; round < 3; round += 1) await (await post()).readBody();
  expect(connections()).toBe(1);
});

test('a connection that the server ended without a word is not used', async () => {
  const { url, connections } = await startRaw((socket) => {
    socket.end(`${JSON_HEAD}Content-Length: 2\r\n\r\n{}`);
  });
  const { post } = open(url);
  for (let round = 0; round < 50; round += 1) {
    await (await post()).readBody();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(connections()).toBe(50);
});

test('a POST that met a closed connection is not sent again', async () => {
  let requests = 0;
  const { url } = await startRaw((socket) => {
    requests += 1;
    if (requests === 1) socket.write(`${JSON_HEAD}Content-Length: 2\r\n\r\n{}`);
    else socket.destroy();
  });
  const { post } = open(url);
  await (await post()).readBody();
  await expect(post()).rejects.toMatchObject({ code: 'broken', mayHaveRun: true });
  expect(requests).toBe(2);
});

test('what is of the connection is not passed on; its own header fields win', async () => {
  let head = '';
  const { url } = await startRaw((socket, chunk) => {
    head += chunk;
    socket.write(`${JSON_HEAD}Content-Length: 2\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n{}`);
  });
  const { upstream } = open(url);
  const answer = await upstream.request({
    method: 'POST',
    headers: [
      ['Host', 'evil'],
      ['Connection', 'close, X-Drop'],
      ['X-Drop', '1'],
      ['x-own', 'no'],
      ['Accept-Encoding', 'br'],
      ['Transfer-Encoding', 'chunked'],
      ['X-Kept', 'é'.normalize('NFD').slice(0, 1)],
    ],
    body: Buffer.from('{}'),
  });
  expect(head.toLowerCase().split('\r\n').sort()).toEqual(
    expect.arrayContaining([
      `host: ${url.host}`,
      'x-own: yes',
      'accept-encoding: identity',
      'content-length: 2',
      'x-kept: e',
    ]),
  );
  expect(head.toLowerCase()).not.toMatch(/x-drop|evil|chunked|x-own: no/);
  expect(answer.headers.map(([name]) => name)).toEqual(['Content-Type', 'X-End']);
});
