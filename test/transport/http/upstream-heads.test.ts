// What the head of an upstream's answer says of its body: read from every header field, however often and however late.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { UpstreamAnswer } from '../../../src/transport/http-exchange.ts';
import { open, startRaw } from './raw-upstream.ts';

const BODY = '{"a":1}';

async function ask(fields: readonly string[], body: string | Buffer = BODY): Promise<UpstreamAnswer> {
  const head = ['HTTP/1.1 200 OK', ...fields, `Content-Length: ${Buffer.byteLength(body)}`, '', ''].join(
    '\r\n',
  );
  const { url } = await startRaw((socket) =>
    socket.end(Buffer.concat([Buffer.from(head), Buffer.from(body)])),
  );
  return open(url).post();
}

describe('the encoding', () => {
  const zipped = gzipSync(BODY);

  test.each([
    ['none', [], BODY],
    ['an empty one', ['Content-Encoding:'], BODY],
    ['identity', ['CONTENT-ENCODING: Identity'], BODY],
    ['gzip', ['content-encoding: GZip'], zipped],
  ])('is read: %s', async (_name, fields, body) => {
    expect((await (await ask(fields, body)).readBody()).toString()).toBe(BODY);
  });

  test.each([
    ['two in one field', ['Content-Encoding: gzip, gzip']],
    ['two in two fields', ['Content-Encoding: gzip', 'X-Between: 1', 'content-encoding: gzip']],
    ['one after identity', ['Content-Encoding: identity', 'Content-Encoding: gzip']],
    ['identity after one', ['Content-Encoding: gzip', 'Content-Encoding: identity']],
    ['one after nothing', ['Content-Encoding:', 'Content-Encoding: gzip']],
  ])('is not guessed: %s', async (_name, fields) => {
    await expect(ask(fields, zipped)).rejects.toMatchObject({ code: 'unreadable' });
  });
});

test.each([
  ['Content-Type: application/json', 'json'],
  ['content-type: Application/JSON ;charset=utf-8', 'json'],
  ['Content-Type: text/event-stream; charset=utf-8', 'events'],
  ['Content-Type: application/json-seq', 'other'],
  ['Content-Type: ;application/json', 'other'],
  ['X-Content-Type: application/json', 'other'],
])('the kind of %s is %s', async (field, kind) => {
  expect((await ask([field])).kind).toBe(kind);
});

describe('behind 1500 other header fields', () => {
  const many = Array.from({ length: 1500 }, () => 'X: 1');

  test('a type is seen, and all of them pass', async () => {
    const { kind, headers } = await ask([...many, 'Content-Type: application/json']);
    expect([kind, headers.length]).toEqual(['json', 1501]);
  });

  test('an encoding is seen', async () => {
    await expect(ask([...many, 'Content-Encoding: zstd'])).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('a redirect is seen', async () => {
    const head = ['HTTP/1.1 307 X', ...many, 'Location: http://evil.example.com/', '', ''].join('\r\n');
    const { url } = await startRaw((socket) => socket.end(head));
    await expect(open(url).post()).rejects.toMatchObject({ code: 'redirected' });
  });
});

test('a byte order mark before JSON is left out', async () => {
  expect((await (await ask(['Content-Type: application/json'], `\ufeff${BODY}`)).readBody()).toString()).toBe(
    BODY,
  );
});
