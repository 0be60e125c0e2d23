// The streams that keep pages up to date: who gets one, what it tells, and when it ends.
import http from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type HttpConsole, startHttpConsole } from './http-console.ts';

interface Stream {
  readonly status: number;
  text(): string;
  readonly ended: Promise<void>;
}

function open({ port }: HttpConsole, cookie: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, host: '127.0.0.1', path: '/events', headers: { cookie }, agent: false });
    onTestFinished(() => void request.destroy());
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      const ended = new Promise<void>((end) => response.on('close', end));
      resolve({ status: response.statusCode ?? 0, text: () => text, ended });
    });
  });
}

const COUNT = (text: string): number => text.split('event: approvals').length - 1;
const WAIT = { timeout: 10_000 };

test('tells at once that the page may be old, then each change, and nothing of what it is', async () => {
  const bench = await startHttpConsole();
  const stream = await open(bench, (await bench.signIn('alice')).cookie);
  await expect.poll(() => COUNT(stream.text()), WAIT).toBeGreaterThanOrEqual(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = COUNT(stream.text());
  await bench.ask({ tool: 'secret_tool' });
  await expect.poll(() => COUNT(stream.text()), WAIT).toBe(before + 1);
  expect(stream.text()).not.toContain('secret_tool');
});

test('expires what is overdue while somebody looks', async () => {
  const bench = await startHttpConsole();
  await open(bench, (await bench.signIn('alice')).cookie);
  const { id } = await bench.ask();
  bench.advance(61_000);
  const status = async () => (await bench.store.readApprovals([id]))[0]?.status;
  await expect.poll(status, WAIT).toBe('expired');
});

test('is for people who are signed in, and ends with their session', async () => {
  const bench = await startHttpConsole();
  expect((await open(bench, '')).status).toBe(401);
  const [alice, bob] = [await bench.signIn('alice'), await bench.signIn('bob')];
  const streams = [await open(bench, alice.cookie), await open(bench, bob.cookie)];
  await bench.store.removeApprovers('alice');
  await bench.post('/sign-out', { csrf: bob.csrf }, { headers: { cookie: bob.cookie } });
  await Promise.all(streams.map(({ ended }) => ended));
});

test('one person gets twenty, and leaves room for others', async () => {
  const bench = await startHttpConsole();
  const [alice, bob] = [await bench.signIn('alice'), await bench.signIn('bob')];
  const streams = await Promise.all(Array.from({ length: 21 }, () => open(bench, alice.cookie)));
  const statuses = streams.map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array(20).fill(200), 503]);
  expect((await open(bench, bob.cookie)).status).toBe(200);
});

test('ends when the console does', async () => {
  const bench = await startHttpConsole();
  const stream = await open(bench, (await bench.signIn('alice')).cookie);
  await bench.console.close();
  await stream.ended;
});

test('HEAD opens no stream', async () => {
  const bench = await startHttpConsole();
  const { cookie } = await bench.signIn('alice');
  const head = await bench.send({ method: 'HEAD', path: '/events', headers: { cookie } });
  expect(head).toMatchObject({ status: 200, body: '' });
});
