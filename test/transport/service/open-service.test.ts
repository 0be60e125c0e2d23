// Requests to services: credentials, redirects, times, sizes, certificates.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import type { ServiceError } from '../../../src/transport/opa-service.ts';
import { openService, type ServiceOptions } from '../../../src/transport/service/open-service.ts';

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

async function serve(
  handler: Handler,
  tls?: https.ServerOptions,
): Promise<{ url: URL; seen: http.IncomingMessage[] }> {
  const seen: http.IncomingMessage[] = [];
  const listener: Handler = (request, response) => {
    seen.push(request);
    handler(request, response);
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/base/`), seen };
}

const open = (url: URL, changes: Partial<ServiceOptions> = {}) =>
  openService({
    name: 'acme',
    url,
    headers: [],
    bearer: null,
    tls: {},
    responseHeaderTimeoutMs: 5000,
    ...changes,
  });

const get = { method: 'GET', path: '/bundles/a?b=c', maxBytes: 1000 } as const;

const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: ServiceError) => error,
  );

test('a resource is below the URL of the service, and comes with its header fields', async () => {
  const { url, seen } = await serve((_, response) => response.writeHead(200, { ETag: '"x"' }).end('bytes'));
  const service = open(url, {
    headers: [
      ['X-Own', '1'],
      ['authorization', 'other'],
    ],
    bearer: { scheme: 'Token', token: { text: 't0' } },
  });
  const answer = await service.request({ ...get, headers: [['Prefer', 'modes=snapshot']] });
  expect([answer.status, answer.header('etag'), answer.body.toString()]).toEqual([200, '"x"', 'bytes']);
  expect(seen[0]?.url).toBe('/base/bundles/a?b=c');
  expect(seen[0]?.headers).toMatchObject({
    authorization: 'Token t0',
    'x-own': '1',
    prefer: 'modes=snapshot',
  });
});

test('a redirect within the origin is followed', async () => {
  const { url } = await serve((request, response) =>
    request.url === '/there' ? response.end('here') : response.writeHead(307, { location: '/there' }).end(),
  );
  expect((await open(url).request(get)).body.toString()).toBe('here');
});

test.each([301, 302, 303, 307, 308])(
  'a redirect (%i) to another origin is not followed: no credential goes there',
  async (status) => {
    const other = await serve((_, response) => response.end('stolen'));
    const { url } = await serve((_, response) =>
      response.writeHead(status, { location: other.url.href }).end(),
    );
    const error = await failure(
      open(url, { bearer: { scheme: 'Bearer', token: { text: 'secret-1' } } }).request(get),
    );
    expect(error).toMatchObject({ code: 'redirected' });
    expect(error.message).not.toContain('secret-1');
    expect(other.seen).toHaveLength(0);
  },
);

test('redirects without end are given up, and those that would make a POST a GET are not followed', async () => {
  const { url, seen } = await serve((_, response) => response.writeHead(307, { location: '/again' }).end());
  expect(await failure(open(url).request(get))).toMatchObject({ code: 'redirected' });
  expect(seen).toHaveLength(4);
  const moved = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());
  expect(await failure(open(moved.url).request({ ...get, method: 'POST' }))).toMatchObject({
    code: 'redirected',
  });
});

test('an answer that does not come in time fails, unless it was asked to wait', async () => {
  const { url } = await serve((_, response) => void setTimeout(() => response.end('late'), 600));
  const service = open(url, { responseHeaderTimeoutMs: 100 });
  expect(await failure(service.request(get))).toMatchObject({ code: 'timeout' });
  expect((await service.request({ ...get, waitMs: 20_000 })).body.toString()).toBe('late');
});

test('an answer over its size fails, and one that breaks off', async () => {
  const { url } = await serve((request, response) => {
    if (request.url?.includes('long')) response.end('x'.repeat(5000));
    else {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => response.destroy(), 50);
    }
  });
  expect(await failure(open(url).request({ ...get, path: 'long' }))).toMatchObject({ code: 'too-large' });
  expect(await failure(open(url).request(get))).toMatchObject({ code: 'unreachable' });
});

test('other statuses are answers, and nobody listening is not', async () => {
  const { url } = await serve((_, response) => response.writeHead(404).end('a page'.repeat(1000)));
  expect(await open(url).request(get)).toMatchObject({ status: 404, body: Buffer.alloc(0) });
  expect(await failure(open(new URL('http://127.0.0.1:1/')).request(get))).toMatchObject({
    code: 'unreachable',
  });
});

test('a token file is read for each request, and a missing or odd one fails without showing it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-service-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'token');
  const { url, seen } = await serve((_, response) => response.end());
  const service = open(url, { bearer: { scheme: 'Bearer', token: { file } } });
  expect(await failure(service.request(get))).toMatchObject({ code: 'credentials' });
  writeFileSync(file, 'one\n');
  await service.request(get);
  writeFileSync(file, 'two');
  await service.request(get);
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
  writeFileSync(file, 'secret\r\nX: y');
  const error = await failure(service.request(get));
  expect(error).toMatchObject({ code: 'credentials' });
  expect(error.message).not.toContain('secret');
});

test('certificates prove both sides', async () => {
  const attributes = [{ name: 'commonName', value: '127.0.0.1' }];
  const server = await generate(attributes, {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const client = await generate([{ name: 'commonName', value: 'regent' }], { keySize: 2048 });
  const { url } = await serve((_, response) => response.end('trusted'), {
    cert: server.cert,
    key: server.private,
    ca: client.cert,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const own = { cert: client.cert, key: client.private };
  expect((await open(url, { tls: { ca: [server.cert], ...own } }).request(get)).body.toString()).toBe(
    'trusted',
  );
  expect(await failure(open(url, { tls: own }).request(get))).toMatchObject({ code: 'unreachable' });
  expect(await failure(open(url, { tls: { ca: [server.cert] } }).request(get))).toMatchObject({
    code: 'unreachable',
  });
});
