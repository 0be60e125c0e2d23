// What is asked of a bundle server after each kind of answer.
import { expect, test } from 'vitest';
import { serverSource } from '../../../src/policy/remote/bundle-source.ts';
import { openService } from '../../../src/transport/service/open-service.ts';
import { LONG_POLLING, type OpaControl, startOpaControl } from '../../fixtures/opa-control.ts';

const { signal } = new AbortController();

async function start(): Promise<{ control: OpaControl; source: ReturnType<typeof serverSource> }> {
  const control = await startOpaControl();
  control.bundle = Buffer.from('first');
  const service = openService({
    name: 'acme',
    url: new URL(control.url),
    headers: [],
    bearer: null,
    tls: {},
    responseHeaderTimeoutMs: 5000,
  });
  const source = serverSource({ service, resource: '/b', maxBytes: 1000, longPollingSeconds: 1 });
  return { control, source };
}

test('a bundle that was accepted is asked for with its tag; an unchanged one is none', async () => {
  const { control, source } = await start();
  expect((await source.fetch(signal))?.toString()).toBe('first');
  source.accept();
  expect(await source.fetch(signal)).toBeNull();
  expect(control.seen.map(({ headers }) => headers['if-none-match'] === undefined)).toEqual([true, false]);
});

test('a bundle that was refused is asked for by the tag of the one in force', async () => {
  const { control, source } = await start();
  await source.fetch(signal);
  source.accept();
  await source.fetch(signal);
  control.bundle = Buffer.from('bad');
  await source.fetch(signal);
  source.refuse();
  expect((await source.fetch(signal))?.toString()).toBe('bad');
  source.refuse();
  control.bundle = Buffer.from('first');
  expect(await source.fetch(signal)).toBeNull();
});

test('that nothing has changed is no answer where no tag was named', async () => {
  const { control, source } = await start();
  control.failWith = 304;
  await expect(source.fetch(signal)).rejects.toThrow('the bundle server answers with status 304 for /b');
});

test.each([404, 500, 401])(
  'after status %i the whole bundle is asked for, without waiting',
  async (status) => {
    const { control, source } = await start();
    control.contentType = LONG_POLLING;
    await source.fetch(signal);
    source.accept();
    expect(source.isWaiting()).toBe(true);
    control.failWith = status;
    await expect(source.fetch(signal)).rejects.toMatchObject({ code: 'status', status });
    control.failWith = null;
    expect(source.isWaiting()).toBe(false);
    expect((await source.fetch(signal))?.toString()).toBe('first');
    expect(control.seen.at(-1)?.headers).toMatchObject({ prefer: 'modes=snapshot' });
    expect(control.seen.at(-1)?.headers['if-none-match']).toBeUndefined();
  },
);

test('a server is asked to wait only where it says that it can', async () => {
  const { control, source } = await start();
  await source.fetch(signal);
  source.accept();
  await source.fetch(signal);
  expect(source.isWaiting()).toBe(false);
  control.contentType = LONG_POLLING;
  await source.fetch(signal);
  expect(source.isWaiting()).toBe(true);
  expect(await source.fetch(signal)).toBeNull();
  expect(control.seen.map(({ headers }) => headers.prefer)).toEqual([
    'modes=snapshot',
    'modes=snapshot',
    'modes=snapshot',
    'modes=snapshot;wait=1',
  ]);
});
