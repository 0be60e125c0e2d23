// What keeps others out: every request that a page of another site, a rebound name or a careless proxy could make.
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { findExposure } from '../../src/console/exposure.ts';
import { openConsole } from '../../src/console/open-console.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { startHttpConsole } from './http-console.ts';

const HTTPS = new URL('https://console.example.com/');

describe('Host', () => {
  test.each([
    ['another site that was rebound to this address', 'evil.example', 403],
    ['a name that ends like its own', 'evil-127.0.0.1', 403],
    ['a name that begins like its own', '127.0.0.1.evil.example', 403],
    ['the address of all addresses', '0.0.0.0', 403],
    ['a port alone', ':8930', 403],
    ['loopback by name', 'localhost:1', 200],
    ['loopback by number', '127.0.0.1', 200],
    ['loopback by IPv6', '[::1]:8930', 200],
    ['loopback in capitals', 'LOCALHOST', 200],
  ])('%s: %s → %i', async (_name, host, status) => {
    const bench = await startHttpConsole();
    expect(await bench.send({ path: '/sign-in', headers: { host } })).toMatchObject({ status });
  });

  test('is the public name too, where there is one', async () => {
    const bench = await startHttpConsole({ publicUrl: HTTPS });
    const at = (host: string) => bench.send({ path: '/sign-in', headers: { host } });
    expect((await at('console.example.com')).status).toBe(200);
    expect((await at('example.com')).status).toBe(403);
  });

  test('is never the address of all addresses, which the console may listen on', async () => {
    const bench = await startHttpConsole({ host: '0.0.0.0', publicUrl: HTTPS });
    expect((await bench.send({ path: '/sign-in', headers: { host: '0.0.0.0' } })).status).toBe(403);
  });
});

describe('a POST', () => {
  test.each([
    ['without Origin', { origin: '' }, 403],
    ['of a sandboxed page', { origin: 'null' }, 403],
    ['of another site', { origin: 'https://evil.example' }, 403],
    ['of another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['of the same name by https', { origin: 'https://127.0.0.1:PORT' }, 403],
    ['of its own pages', { origin: 'http://127.0.0.1:PORT' }, 401],
    ['that the browser marks as of the same site only', { 'sec-fetch-site': 'same-site' }, 403],
    ['that the browser marks as of another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('%s → %s', async (_name, changes: Record<string, string | undefined>, status) => {
    const bench = await startHttpConsole();
    const headers = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [name, value?.replace('PORT', String(bench.port))]),
    );
    const sent = await bench.post('/sign-in', { credential: 'x' }, { headers });
    expect(sent.status).toBe(status);
  });

  test.each([
    ['as the proxy passes Host on', 'console.example.com', 'https://console.example.com', 401],
    ['as the proxy sends its own Host', '127.0.0.1:1', 'https://console.example.com', 401],
    ['by http, in clear', 'console.example.com', 'http://console.example.com', 403],
    ['of another site', 'console.example.com', 'https://evil.example', 403],
  ])('behind https, %s → %s', async (_name, host, origin, status) => {
    const bench = await startHttpConsole({ publicUrl: HTTPS });
    expect((await bench.post('/sign-in', { credential: 'x' }, { headers: { host, origin } })).status).toBe(
      status,
    );
  });
});

test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
  '%s is no method of the console',
  async (method) => {
    const bench = await startHttpConsole();
    const headers = { origin: `http://127.0.0.1:${bench.port}`, 'access-control-request-method': 'POST' };
    const answer = await bench.send({ method, headers });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' } });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  },
);

test('pages are no scripts, images or streams of other sites; links may lead to them', async () => {
  const bench = await startHttpConsole();
  const get = async (site: string, mode: string): Promise<number> =>
    (await bench.send({ path: '/sign-in', headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode } }))
      .status;
  expect(await get('cross-site', 'no-cors')).toBe(403);
  expect(await get('same-site', 'cors')).toBe(403);
  expect(await get('cross-site', 'navigate')).toBe(200);
  expect(await get('same-origin', 'cors')).toBe(200);
});

test.each(['/sign-in', '/', '/nothing', '/assets/console.js', '/%'])(
  '%s has the header fields that shield it',
  async (path) => {
    const bench = await startHttpConsole();
    const { headers } = await bench.send({ path });
    expect(headers['content-security-policy']).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    );
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|data:/);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': path.startsWith('/assets') ? 'no-cache' : 'no-store',
    });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  },
);

test('every style, script and picture that a page names is there', async () => {
  const bench = await startHttpConsole();
  const { body } = await bench.send({ path: '/sign-in' });
  const named = [...new Set(body.match(/\/assets\/[^"]+/g))];
  const types = await Promise.all(
    named.map(async (path) => (await bench.send({ path })).headers['content-type'] ?? ''),
  );
  expect(types.map((type) => type.replace(/;.*/, '')).sort()).toEqual([
    'image/svg+xml',
    ...Array.from({ length: 5 }, () => 'text/css'),
    'text/javascript',
  ]);
});

describe('where it may listen', () => {
  test.each([
    ['loopback', '127.0.0.1', null, null],
    ['loopback by name', 'localhost', null, null],
    ['loopback by IPv6', '::1', null, null],
    ['another loopback address', '127.1.2.3', null, null],
    ['everywhere', '0.0.0.0', null, 'off loopback'],
    ['everywhere by IPv6', '::', null, 'off loopback'],
    ['a network', '192.0.2.1', null, 'off loopback'],
    ['a name that only looks like loopback', '127.evil.example', null, 'off loopback'],
    ['everywhere, behind https', '0.0.0.0', 'https://console.example.com', null],
    ['a container, published on loopback', '0.0.0.0', 'http://localhost:8930', null],
    ['behind a proxy without https', '127.0.0.1', 'http://console.example.com', 'in clear'],
  ])('%s', (_name, host, url, problem) => {
    const found = findExposure(host, url === null ? null : new URL(url));
    expect(found).toEqual(problem === null ? null : expect.stringContaining(problem));
  });

  test('is seen to before the port is taken', async () => {
    const { store } = await startHttpConsole();
    const parts = { store, log: createLogger('fatal'), now: Date.now, publicUrl: null, operator: null };
    await expect(openConsole({ ...parts, host: '0.0.0.0', port: 0 })).rejects.toThrow('in clear');
  });
});

describe('a request that is no good', () => {
  test.each([
    ['an address that cannot be read', { path: '/approvals/%' }, 400],
    ['a page that is not there', { path: '/../../etc/passwd' }, 404],
    ['an asset that is not there', { path: '/assets/..%2f..%2fopen-console.js' }, 404],
  ])('%s gets no details', async (_name, sent, status) => {
    const bench = await startHttpConsole();
    const { cookie } = await bench.signIn('alice');
    const answer = await bench.send({ ...sent, headers: { cookie } });
    expect(answer.status).toBe(status);
    expect(answer.body).not.toMatch(/node_modules|Error|at \w+ \(|\/src\//);
  });

  test('with a large body is refused, whoever sends it', async () => {
    const bench = await startHttpConsole();
    expect((await bench.post('/sign-in', { credential: 'x'.repeat(20_000) })).status).toBe(413);
  });

  test('with a compressed body is refused', async () => {
    const bench = await startHttpConsole();
    const answer = await bench.post(
      '/sign-in',
      { credential: 'x' },
      { headers: { 'content-encoding': 'gzip' } },
    );
    expect(answer.status).toBe(415);
  });

  test('that never ends is ended', async () => {
    const bench = await startHttpConsole();
    const socket = net.connect(bench.port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n'),
    );
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toContain('408 Request Timeout');
  });
});

test('a state store that fails is told without its words', async () => {
  const bench = await startHttpConsole();
  const { cookie } = await bench.signIn('alice');
  await bench.store.close();
  const answer = await bench.send({ headers: { cookie } });
  expect(answer.status).toBe(500);
  expect(answer.body).toContain('The state store cannot be used now. Nothing was changed.');
  expect(answer.body).not.toMatch(/sqlite|state\.db|StateError/i);
});
