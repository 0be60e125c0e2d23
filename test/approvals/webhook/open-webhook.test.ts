// The webhook against real receivers: what it posts, when it tries again, and when it gives up.
import https from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { generate } from 'selfsigned';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../../../src/state/delivery.ts';
import { idsOf, inTurn, type Received, startReceiver, status, typesOf } from './receiver.ts';
import { KEY, openBench, SECRET_ARGUMENTS, settled } from './webhook-bench.ts';

const LONG = { timeout: 20_000 };
/** So that what came of one attempt can be seen before the next one. */
const SLOW = { firstMs: 1500, longestMs: 1500, attemptsMax: 9 };

function statesOf(found: readonly Delivery[]): Array<Pick<Delivery, 'status' | 'attempts' | 'detail'>> {
  return found.map((delivery) => ({
    status: delivery.status,
    attempts: delivery.attempts,
    detail: delivery.detail,
  }));
}

/** By WebCrypto, as a receiver elsewhere would. */
async function isSigned({ headers, body }: Received, key: Buffer): Promise<boolean> {
  const [version = '', signature = ''] = String(headers['webhook-signature']).split(',');
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key, hmac, false, ['verify']);
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const bytes = Buffer.from(signature, 'base64');
  return version === 'v1' && crypto.subtle.verify('HMAC', imported, bytes, new TextEncoder().encode(text));
}

test('each step is posted once, signed, and says what happened but not the arguments', async () => {
  const receiver = await startReceiver();
  const bench = await openBench();
  bench.open(receiver.url);
  const { id } = await bench.request({ required: 2 });
  await receiver.until(1);
  await bench.approve(id, 'alice');
  await receiver.until(2);
  await bench.reject(id, 'too much');
  const received = await receiver.until(3);
  expect(typesOf(received)).toEqual(['approval.requested', 'approval.approved', 'approval.rejected']);
  for (const one of received) {
    expect(one).toMatchObject({ method: 'POST', path: '/hook' });
    expect(one.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': one.headers['webhook-id'],
    });
    expect(Math.abs(Number(one.headers['webhook-timestamp']) - one.atMs / 1000)).toBeLessThan(30);
    expect(await isSigned(one, KEY)).toBe(true);
    expect(await isSigned({ ...one, body: `${one.body} ` }, KEY)).toBe(false);
    expect(await isSigned(one, Buffer.from('another key of the test'))).toBe(false);
    expect(one.body).not.toContain('4111');
    expect(one.body).not.toContain(SECRET_ARGUMENTS);
  }
  expect(new Set(idsOf(received)).size).toBe(3);
  const good = { status: 'delivered', attempts: 1, detail: 'status 200' };
  expect(statesOf(await settled(bench, 3))).toEqual([good, good, good]);
});

test('a message for Slack is posted in its form, and signed all the same', async () => {
  const receiver = await startReceiver();
  const bench = await openBench();
  bench.open(receiver.url, { format: 'slack' });
  const { id } = await bench.request({ tool: '<!channel>' });
  const [received] = await receiver.until(1);
  expect(await isSigned(received as Received, KEY)).toBe(true);
  const { text, blocks } = JSON.parse(received?.body ?? '{}');
  expect(text).toBe('Approval requested: `payments-bot` calls `&lt;!channel&gt;` of `finance`');
  expect(blocks.at(-1).elements[0].url).toBe(`https://console.example.com/approvals/${id}`);
  expect(received?.body).not.toContain('4111');
});

describe('an attempt that may work the next time is made again, as the same message', () => {
  test.each([500, 502, 503, 408, 425, 429])('after status %i', async (code) => {
    const receiver = await startReceiver(inTurn(status(code), status(code, {}, 'busy'), status(204)));
    const bench = await openBench();
    bench.open(receiver.url);
    await bench.request();
    const received = await receiver.until(3);
    expect(new Set(idsOf(received)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    for (const one of received) expect(await isSigned(one, KEY)).toBe(true);
    expect(statesOf(await settled(bench))).toEqual([
      { status: 'delivered', attempts: 3, detail: 'status 204' },
    ]);
  });

  test('after a refused connection, once the receiver listens', async () => {
    const probe = await startReceiver();
    await probe.close();
    const bench = await openBench();
    bench.open(probe.url);
    await bench.request();
    const refused = { status: 'waiting', detail: 'cannot be reached: ECONNREFUSED' };
    await expect.poll(async () => (await bench.deliveries())[0], LONG).toMatchObject(refused);
    const receiver = await startReceiver(status(200), Number(probe.url.port));
    await receiver.until(1);
    expect(await settled(bench)).toMatchObject([{ status: 'delivered' }]);
  });

  test('after a connection that ends without an answer', async () => {
    const receiver = await startReceiver(inTurn((response) => response.destroy(), status(200)));
    const bench = await openBench();
    bench.open(receiver.url, { plan: SLOW });
    await bench.request();
    const lost = { status: 'waiting', detail: 'the connection ended before an answer came' };
    await expect.poll(async () => (await bench.deliveries())[0], LONG).toMatchObject(lost);
    expect(await settled(bench)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
  });

  test('after a certificate that nobody trusts, and nothing was told', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    let requests = 0;
    const server = https.createServer({ key, cert }, (_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const bench = await openBench();
    bench.open(new URL(`https://127.0.0.1:${port}/`), { plan: SLOW });
    await bench.request();
    const untrusted = { status: 'waiting', detail: expect.stringMatching(/^no secure connection: .*CERT/) };
    await expect.poll(async () => (await bench.deliveries())[0], LONG).toMatchObject(untrusted);
    expect(requests).toBe(0);
  });

  test('after no answer in its time', async () => {
    const receiver = await startReceiver(inTurn(() => {}, status(200)));
    const bench = await openBench();
    bench.open(receiver.url, { timeoutMs: 300, plan: SLOW });
    await bench.request();
    const late = { status: 'waiting', attempts: 1, detail: 'no answer within 300 ms' };
    await expect.poll(async () => (await bench.deliveries())[0], LONG).toMatchObject(late);
    expect(await settled(bench)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
  });

  test('not before the receiver wants it: Retry-After', async () => {
    const receiver = await startReceiver(inTurn(status(429, { 'Retry-After': '2' }), status(200)));
    const bench = await openBench();
    bench.open(receiver.url, { plan: { firstMs: 1, longestMs: 60_000, attemptsMax: 9 } });
    await bench.request();
    const [first, second] = await receiver.until(2);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1990);
  });

  test('until there were too many, and then no more', async () => {
    const receiver = await startReceiver(status(500, {}, 'broken\u202e'));
    const bench = await openBench();
    bench.open(receiver.url, { plan: { firstMs: 1, longestMs: 1, attemptsMax: 3 } });
    await bench.request();
    const detail = 'status 500: broken\u202e; attempt 3 was the last one';
    expect(statesOf(await settled(bench))).toEqual([{ status: 'failed', attempts: 3, detail }]);
    expect(receiver.received).toHaveLength(3);
  });
});

describe('an attempt that would never work is not made again', () => {
  test.each([
    [400, 'status 400: no such channel'],
    [401, 'status 401: no such channel'],
    [404, 'status 404: no such channel'],
    [410, 'status 410: no such channel'],
  ])('after status %i', async (code, detail) => {
    const receiver = await startReceiver(inTurn(status(code, {}, 'no such channel'), status(200)));
    const bench = await openBench();
    bench.open(receiver.url);
    await bench.request();
    expect(statesOf(await settled(bench))).toEqual([{ status: 'failed', attempts: 1, detail }]);
    await bench.request();
    expect((await settled(bench, 2)).map((delivery) => delivery.status)).toEqual(['failed', 'delivered']);
    expect(receiver.received).toHaveLength(2);
  });

  test('and what the receiver says does not give its path away, which is a secret', async () => {
    const receiver = await startReceiver((response, _count, { path }) => {
      response.writeHead(404).end(`Cannot POST ${path}`);
    });
    const bench = await openBench();
    bench.open(new URL('/services/T0/SECRET?key=HIDDEN', receiver.url));
    await bench.request();
    expect(await settled(bench)).toMatchObject([{ detail: 'status 404: Cannot POST …?…' }]);
  });

  test.each([301, 302, 303, 307, 308])('nor is a redirect followed: status %i', async (code) => {
    const elsewhere = await startReceiver();
    const receiver = await startReceiver(status(code, { Location: elsewhere.url.href }));
    const bench = await openBench();
    bench.open(receiver.url);
    await bench.request();
    const detail = `status ${code}: redirects are not followed`;
    expect(statesOf(await settled(bench))).toEqual([{ status: 'failed', attempts: 1, detail }]);
    expect(elsewhere.received).toEqual([]);
  });
});

describe('an answer that does not end', () => {
  test('counts by its status, and is not read to its end', async () => {
    let isClosed = false;
    const receiver = await startReceiver((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(64 * 1024)), 5);
      response.on('close', () => {
        isClosed = true;
        clearInterval(timer);
      });
    });
    const bench = await openBench();
    bench.open(receiver.url);
    await bench.request();
    expect(await settled(bench)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
    await expect.poll(() => isClosed, LONG).toBe(true);
  });

  test('counts by its status when its time is over', async () => {
    const receiver = await startReceiver((response) => void response.writeHead(200).write('a beginning'));
    const bench = await openBench();
    bench.open(receiver.url, { timeoutMs: 400 });
    await bench.request();
    expect(await settled(bench)).toMatchObject([{ status: 'delivered', attempts: 1, detail: 'status 200' }]);
  });

  test('and is no HTTP is no answer', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('hello\r\n\r\n'));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const bench = await openBench();
    const plan = { firstMs: 1, longestMs: 1, attemptsMax: 1 };
    bench.open(new URL(`http://127.0.0.1:${port}/very/secret`), { plan });
    await bench.request();
    const [failed] = await settled(bench);
    expect(failed).toMatchObject({
      status: 'failed',
      detail: 'the answer is no HTTP; attempt 1 was the last one',
    });
    expect(failed?.detail).not.toContain('secret');
  });
});
