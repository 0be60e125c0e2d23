// JWTs of an issuer that publishes its keys over HTTP, at a whole sidecar.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createKey, goodClaims, ISSUER, keySet, sign } from '../../proxy/identity/issuer.ts';
import { startKeyServer } from '../../proxy/identity/key-server.ts';
import { ask, call, startHttpSidecar } from './http-sidecar.ts';
import { answerCalls, startUpstream } from './upstream-fixture.ts';

test('nobody is let in while the keys cannot be fetched, and callers are once they can', async () => {
  const key = await createKey('RS256', 'k1');
  const issuer = await startKeyServer('');
  issuer.answer(500, '');
  const upstream = await startUpstream(answerCalls);
  const { url, journal, stderr } = await startHttpSidecar({
    args: ['--upstream', upstream.url],
    prepare: (folder) => {
      const config = path.join(folder, 'regent.yaml');
      writeFileSync(
        config,
        `identity:\n  jwt: {issuer: "${ISSUER}", audience: regent, jwks: "${issuer.url.href}"}\n`,
      );
      return ['--config', config];
    },
  });
  const nowS = Math.floor(Date.now() / 1000);
  const token = await sign(key, goodClaims({ iat: nowS, exp: nowS + 600 }));
  const headers = { authorization: `Bearer ${token}` };
  const statusOf = async (): Promise<number> => (await ask(url, { headers, body: call('pay') })).status;

  expect(await statusOf()).toBe(503);
  expect(upstream.seen).toEqual([]);
  expect(stderr()).toContain('status 500');
  expect(stderr()).not.toContain(token);
  issuer.answer(200, keySet(key));
  await expect.poll(statusOf, { timeout: 20_000, interval: 200 }).toBe(200);
  expect(upstream.seen[0]?.headers).not.toHaveProperty('authorization');
  expect(journal()).toMatchObject([{ agent: 'payments-bot' }]);
});
