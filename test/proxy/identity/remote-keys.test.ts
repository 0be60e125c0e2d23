// The issuer's keys over HTTP: rotation, and what an issuer that fails does to its tokens.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type KeyTimes, remoteKeys } from '../../../src/proxy/identity/remote-keys.ts';
import { createKey, keySet, sign, verify } from './issuer.ts';
import { closedUrl, startKeyServer } from './key-server.ts';

const HOUR_MS = 3_600_000;
/** Nothing grows old, unless a test says so. */
const LASTING: KeyTimes = {
  maxAgeMs: HOUR_MS,
  refreshMs: HOUR_MS,
  cooldownMs: HOUR_MS,
  retryMs: HOUR_MS,
  fetchMs: 10_000,
};
const first = await createKey('ES256', 'first');
const second = await createKey('ES256', 'second');
const [byFirst, bySecond] = await Promise.all([sign(first), sign(second)]);
const noReport = (fault: string): void => expect.unreachable(fault);

function keysOf(url: URL, times: Partial<KeyTimes>, report = noReport) {
  return remoteKeys(url, { report, times: { ...LASTING, ...times } });
}

test('are fetched once for all tokens, also for those that come together', async () => {
  const server = await startKeyServer(keySet(first, second));
  const keys = remoteKeys(server.url, { report: noReport });
  const together = await Promise.all([byFirst, bySecond, byFirst].map((token) => verify(keys, token)));
  expect([...together, await verify(keys, byFirst)].map(({ kind }) => kind)).toEqual(Array(4).fill('agent'));
  expect(server.fetches()).toBe(1);
});

describe('rotation', () => {
  test('takes a new key as soon as a token names it', async () => {
    const server = await startKeyServer(keySet(first));
    const keys = keysOf(server.url, { cooldownMs: 0 });
    expect(await verify(keys, bySecond)).toMatchObject({ kind: 'refused' });
    server.answer(200, keySet(first, second));
    expect(await verify(keys, bySecond)).toMatchObject({ kind: 'agent' });
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'agent' });
  });

  test('refuses a key that the issuer took back once the known ones are too old', async () => {
    const server = await startKeyServer(keySet(first));
    const keys = keysOf(server.url, { maxAgeMs: 300 });
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'agent' });
    server.answer(200, keySet(second));
    await sleep(310);
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'refused' });
    expect(await verify(keys, bySecond)).toMatchObject({ kind: 'agent' });
  });

  test('fetches anew beside the requests before the keys are too old', async () => {
    const server = await startKeyServer(keySet(first));
    // The last of these fetches may meet a server that has stopped with the test.
    const keys = keysOf(server.url, { refreshMs: 0 }, () => {});
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'agent' });
    server.answer(200, keySet(second));
    await expect.poll(() => verify(keys, bySecond), { timeout: 10_000 }).toMatchObject({ kind: 'agent' });
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'refused' });
  });

  test('is not forced upon the issuer by tokens with invented key ids', async () => {
    const server = await startKeyServer(keySet(first));
    const keys = keysOf(server.url, {});
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(await verify(keys, bySecond)).toMatchObject({ kind: 'refused' });
    }
    expect(server.fetches()).toBe(1);
  });
});

describe('an issuer that fails', () => {
  const faults: ReadonlyArray<readonly [string, number, string, RegExp]> = [
    ['an error', 500, 'oh', /status 500/],
    ['a redirect', 302, '', /status 302/],
    ['no content', 204, '', /status 204/],
    ['HTML', 200, '<html>', /it is not JSON/],
    ['something else', 200, '{"keys": {}}', /JSON Web Key Set malformed/],
    ['no end', 200, ' '.repeat(1024 * 1024 + 1), /over 1048576 bytes/],
  ];
  test.each(faults)(
    'by %s at the start: nobody can be told, and it is asked again later',
    async (...fault) => {
      const [, status, body, told] = fault;
      const server = await startKeyServer(keySet(first));
      server.answer(status, body, { location: '/elsewhere' });
      const keys = keysOf(server.url, { retryMs: 300 });
      const found = await verify(keys, byFirst);
      expect(found).toEqual({ kind: 'unavailable', detail: expect.stringMatching(told) });
      expect(JSON.stringify(found)).not.toContain(byFirst);
      server.answer(200, keySet(first));
      await sleep(310);
      expect(await verify(keys, byFirst)).toMatchObject({ kind: 'agent' });
    },
  );

  test('is asked no more than once in a while', async () => {
    const server = await startKeyServer(keySet(first));
    server.answer(200, '<html>');
    const keys = keysOf(server.url, {});
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(await verify(keys, byFirst)).toMatchObject({ kind: 'unavailable' });
    }
    expect(server.fetches()).toBe(1);
  });

  test('by not being there: nobody can be told', async () => {
    const keys = remoteKeys(await closedUrl(), { report: noReport });
    expect(await verify(keys, byFirst)).toEqual({
      kind: 'unavailable',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('by silence: nobody can be told', async () => {
    const server = await startKeyServer('');
    server.hang();
    const keys = keysOf(server.url, { fetchMs: 50 });
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'unavailable' });
  });

  test('later: known keys go on and the fault is reported', async () => {
    const server = await startKeyServer(keySet(first));
    const reports: string[] = [];
    const keys = keysOf(server.url, { refreshMs: 0 }, (fault) => reports.push(fault));
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'agent' });
    server.answer(503, '');
    await expect
      .poll(
        async () => {
          expect(await verify(keys, byFirst)).toMatchObject({ kind: 'agent' });
          return reports;
        },
        { timeout: 10_000 },
      )
      .toEqual([expect.stringContaining('status 503')]);
  });

  test('until the known keys are too old: nobody can be told', async () => {
    const server = await startKeyServer(keySet(first));
    const keys = keysOf(server.url, { maxAgeMs: 300 });
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'agent' });
    server.answer(503, '');
    await sleep(310);
    expect(await verify(keys, byFirst)).toMatchObject({ kind: 'unavailable' });
  });
});

test('keys that are private or cannot be keys are of no use', async () => {
  const { kid, crv, x, y } = first.jwk;
  const bad = [
    { ...first.jwk, d: x },
    { kty: 'EC', kid, crv, x: y, y: x },
    { kty: 'EC', kid, crv },
  ];
  for (const jwk of bad) {
    const server = await startKeyServer(JSON.stringify({ keys: [jwk] }));
    expect(await verify(keysOf(server.url, {}), byFirst)).toMatchObject({ kind: 'unavailable' });
  }
});

test('an RSA key that is too short is of no use', async () => {
  const { n = '' } = (await createKey('RS256', 'first')).jwk;
  const jwk = { kty: 'RSA', kid: 'first', e: 'AQAB', n: n.slice(0, 171) };
  const server = await startKeyServer(JSON.stringify({ keys: [jwk] }));
  const token = await sign(await createKey('RS256', 'first'));
  expect(await verify(keysOf(server.url, {}), token)).toMatchObject({ kind: 'unavailable' });
});
