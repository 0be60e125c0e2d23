// The listener refuses what must not get to the proxy: on real sockets, byte for byte.
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type HttpListener,
  type HttpListenerOptions,
  openHttpListener,
} from '../../../src/transport/http/listener.ts';
import type { HttpExchange } from '../../../src/transport/http-exchange.ts';

interface Started extends HttpListener {
  readonly exchanges: HttpExchange[];
  readonly failures: unknown[];
}

async function start(changes: Partial<HttpListenerOptions> = {}): Promise<Started> {
  const exchanges: HttpExchange[] = [];
  const failures: unknown[] = [];
  const listener = await openHttpListener({
    host: '127.0.0.1',
    port: 0,
    path: '/mcp',
    allowedHosts: ['proxy.example.com'],
    allowedOrigins: ['https://app.example.com'],
    limits: { bodyBytes: 1000, headerBytes: 4096, connections: 10 },
    keepAliveMs: 50,
    isReady: async () => true,
    admit: async () => ({
      handle: async (exchange) => {
        exchanges.push(exchange);
        exchange.reply({ status: 200, body: exchange.body });
      },
    }),
    documentAt: () => null,
    onFailure: (error) => failures.push(error),
    ...changes,
  });
  onTestFinished(() => listener.close(0));
  return { ...listener, exchanges, failures };
}

/** All that the listener says until it closes, or says nothing more for a while. */
function say({ port }: HttpListener, text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(port, '127.0.0.1');
    const finish = (): void => {
      socket.destroy();
      resolve(said);
    };
    let quiet = setTimeout(finish, 1500);
    socket.on('data', (part) => {
      said += part.toString();
      clearTimeout(quiet);
      quiet = setTimeout(finish, 150);
    });
    socket.on('close', () => {
      clearTimeout(quiet);
      resolve(said);
    });
    socket.on('error', () => {});
    socket.write(text);
  });
}

const post = (headers: readonly string[], body = '{}'): string =>
  [
    'POST /mcp HTTP/1.1',
    ...headers,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
const HOST = 'Host: localhost:1';
const status = (said: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1] ?? 0);

describe('lets through', () => {
  test.each([
    ['a call of this machine', post([HOST])],
    ['IPv6 loopback', post(['Host: [::1]:8931'])],
    ['a host that was allowed', post(['Host: Proxy.Example.com'])],
    ['a page of this machine', post([HOST, 'Origin: http://127.0.0.1:5173'])],
    ['a page that was allowed', post([HOST, 'Origin: https://app.example.com'])],
    [
      'a body in chunks',
      `POST /mcp HTTP/1.1\r\n${HOST}\r\nContent-Type: application/json; charset=UTF-8\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ],
    ['a client that asks before it sends', post([HOST, 'Expect: 100-continue'])],
    ['a session on a connection that is kept', post([HOST, 'Mcp-Session-Id: a', 'Connection: Keep-Alive'])],
  ])('%s', async (_name, request) => {
    const listener = await start();
    expect(await say(listener, request)).toMatch(/HTTP\/1\.1 200 OK[\s\S]*\{\}$/);
    expect(listener.exchanges).toHaveLength(1);
  });

  test('requests one after the other on one connection, each with its answer', async () => {
    const listener = await start();
    const said = await say(listener, post([HOST], '{"a":1}') + post([HOST], '{"b":2}'));
    expect(said).toMatch(/\{"a":1\}[\s\S]*\{"b":2\}$/);
  });
});

describe('refuses', () => {
  const long = (length: number): string => 'x'.repeat(length);

  test.each([
    ['a request without a host', post([]), 400],
    ['two hosts', post([HOST, 'Host: evil.example.com']), 400],
    ['a host of somebody else (DNS rebinding)', post(['Host: evil.example.com']), 403],
    ['a page of somebody else', post([HOST, 'Origin: https://evil.example.com']), 403],
    ['a page without an origin', post([HOST, 'Origin: null']), 403],
    ['a page that only looks allowed', post([HOST, 'Origin: https://app.example.com.evil.org']), 403],
    ['two sessions', post([HOST, 'Mcp-Session-Id: a', 'mcp-session-id: b']), 400],
    ['two credentials', post([HOST, 'Authorization: Bearer a', 'Authorization: Bearer b']), 400],
    ['a tool named twice', post([HOST, 'Mcp-Name: a', 'Mcp-Name: b']), 400],
    ['an argument named twice', post([HOST, 'Mcp-Param-X: a', 'mcp-param-x: b']), 400],
    ['a credential that the connection drops', post([HOST, 'Connection: close, Authorization']), 400],
    ['a session that is dropped beside it', post([HOST, 'Connection: keep-alive, Mcp-Session-Id']), 400],
    [
      'a tool that a second Connection drops',
      post([HOST, 'Connection: keep-alive', 'connection:  MCP-NAME ']),
      400,
    ],
    ['a session by another spelling (CGI)', post([HOST, 'Mcp_Session_Id: a']), 400],
    ['a tool by another spelling', post([HOST, 'Mcp-Name: a', 'mcp_name: b']), 400],
    ['two lengths', post([HOST, 'Content-Length: 3']), 400],
    ['a length and chunks', post([HOST, 'Transfer-Encoding: chunked']), 400],
    ['a folded header field', post([HOST, 'X-A: b', ' c']), 400],
    ['a line that ends in LF alone', `POST /mcp HTTP/1.1\n${HOST}\nContent-Length: 2\n\n{}`, 400],
    ['a space before the colon', post([HOST, 'Mcp-Name : a']), 400],
    ['header fields over the limit', post([HOST, `X-Long: ${long(5000)}`]), 431],
    ['a body over the limit', post([HOST], `"${long(2000)}"`), 413],
    [
      'a body that is said to be over the limit',
      `POST /mcp HTTP/1.1\r\n${HOST}\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\n`,
      413,
    ],
    [
      'chunks over the limit',
      `POST /mcp HTTP/1.1\r\n${HOST}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n${long(2000)}\r\n0\r\n\r\n`,
      413,
    ],
    ['a compressed body', post([HOST, 'Content-Encoding: gzip']), 415],
    [
      'a form',
      `POST /mcp HTTP/1.1\r\n${HOST}\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`,
      415,
    ],
    ['another method', `PUT /mcp HTTP/1.1\r\n${HOST}\r\nContent-Length: 0\r\n\r\n`, 405],
    ['a preflight of nobody', `OPTIONS /mcp HTTP/1.1\r\n${HOST}\r\n\r\n`, 405],
    ['another path', `GET /other HTTP/1.1\r\n${HOST}\r\n\r\n`, 404],
    ['a path that climbs', `GET /mcp/../mcp HTTP/1.1\r\n${HOST}\r\n\r\n`, 404],
    ['what is no HTTP', 'hello\r\n\r\n', 400],
  ])('%s', async (_name, request, expected) => {
    const listener = await start();
    const said = await say(listener, request);
    expect([status(said), said.includes('"jsonrpc":"2.0"')]).toEqual([expected, true]);
    expect(listener.exchanges).toEqual([]);
  });
});

describe('however many header fields there are, each of them', () => {
  const limits = { bodyBytes: 1000, headerBytes: 16_384, connections: 10 };
  // Node's own limit is 1000, and 24 more in the list that is passed on.
  const many = (count: number): string[] => Array.from({ length: count }, () => 'X: 1');

  test.each([
    ['Origin: https://evil.example.com', 403],
    ['Host: evil.example.com', 400],
    ['Content-Encoding: gzip', 415],
    ['Mcp_Name: a', 400],
    ['Connection: Mcp-Name', 400],
  ])('is checked: %s', async (last, expected) => {
    const listener = await start({ limits });
    for (const count of [1000, 1500]) {
      const said = await say(listener, post([HOST, ...many(count), last]));
      expect([count, status(said)]).toEqual([count, expected]);
    }
    expect(listener.exchanges).toEqual([]);
  });

  test('is told to the proxy as it is passed on', async () => {
    const listener = await start({ limits });
    for (const count of [1000, 1500]) {
      const last = ['Mcp-Name: a', 'Mcp-Session-Id: b', 'Authorization: Bearer c'];
      await say(listener, post([HOST, ...many(count), ...last]));
      const { header, headers } = listener.exchanges.at(-1) as HttpExchange;
      const names = ['mcp-name', 'mcp-session-id', 'authorization', 'content-type'];
      expect(names.map(header)).toEqual(['a', 'b', 'Bearer c', 'application/json']);
      expect(headers).toHaveLength(count + 6);
    }
  });
});

test('a page that was allowed may read the answer; its preflight is answered', async () => {
  const listener = await start();
  const origin = 'Origin: https://app.example.com';
  const preflight = await say(
    listener,
    `OPTIONS /mcp HTTP/1.1\r\n${HOST}\r\n${origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: mcp-session-id\r\n\r\n`,
  );
  expect(preflight).toMatch(/^HTTP\/1\.1 204/);
  expect(preflight).toContain('Access-Control-Allow-Headers: mcp-session-id');
  expect(await say(listener, post([HOST, origin]))).toContain(
    'Access-Control-Allow-Origin: https://app.example.com',
  );
  expect(await say(listener, post([HOST, 'Origin: http://localhost:1']))).not.toContain('Access-Control');
});

test("a server's own word on who may read the answer gives way to the operator's", async () => {
  const headers = [
    ['Access-Control-Allow-Origin', '*'],
    ['Access-Control-Expose-Headers', 'X-More'],
  ] as const;
  const listener = await start({
    admit: async () => ({ handle: async (exchange) => exchange.reply({ status: 200, headers }) }),
  });
  const said = await say(listener, post([HOST, 'Origin: https://app.example.com']));
  expect(said.match(/Access-Control-.*(?=\r)/g)).toEqual([
    'Access-Control-Expose-Headers: X-More',
    'Access-Control-Allow-Origin: https://app.example.com',
    'Access-Control-Expose-Headers: Mcp-Session-Id, WWW-Authenticate',
  ]);
});

test('an event stream that is idle is kept alive, and its end is known', async () => {
  let gone = 0;
  const listener = await start({
    admit: async () => ({
      handle: async (exchange) => {
        exchange.openEvents({ status: 200 });
        exchange.onGone(() => {
          gone += 1;
        });
      },
    }),
  });
  const socket = connect(listener.port, '127.0.0.1');
  socket.write(`GET /mcp HTTP/1.1\r\n${HOST}\r\n\r\n`);
  let said = '';
  for await (const part of socket) {
    said += String(part);
    if (said.split(': keep-alive\n\n').length > 2) break;
  }
  while (gone === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(gone).toBe(1);
});

test('a failure of the proxy is answered and reported', async () => {
  const listener = await start({
    admit: async () => {
      throw new Error('broken');
    },
  });
  expect(status(await say(listener, post([HOST])))).toBe(500);
  expect(listener.failures).toHaveLength(1);
});

test('health is told to everybody', async () => {
  const listener = await start();
  for (const path of ['/healthz', '/readyz']) {
    expect(status(await say(listener, `GET ${path} HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n`))).toBe(200);
  }
});

test('who is not admitted is refused before the body is there', async () => {
  const body = '{"jsonrpc":"2.0","id":null}';
  const refusal = { status: 401, headers: [['WWW-Authenticate', 'Bearer']] as const, body };
  const listener = await start({ admit: async () => ({ refusal }) });
  const head = `POST /mcp HTTP/1.1\r\n${HOST}\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n`;
  expect(await say(listener, head)).toMatch(/^HTTP\/1\.1 401[\s\S]*WWW-Authenticate: Bearer/);
  expect(listener.exchanges).toEqual([]);
});

test('not ready is said', async () => {
  const listener = await start({ isReady: async () => false });
  expect(status(await say(listener, `GET /readyz HTTP/1.1\r\n${HOST}\r\n\r\n`))).toBe(503);
});

test('a port that is taken is told', async () => {
  const { port } = await start();
  await expect(start({ port })).rejects.toMatchObject({
    code: 'listen-failed',
    message: /the port is in use/,
  });
});
