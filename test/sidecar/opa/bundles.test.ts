// Policies from a bundle server, at a whole sidecar: renewed, refused, kept, missing.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test, vi } from 'vitest';
import { signBundle } from '../../../src/policy/bundle-signature/sign-bundle.ts';
import type { LineClient } from '../../fixtures/line-client.ts';
import { LONG_POLLING, type OpaControl, startOpaControl } from '../../fixtures/opa-control.ts';
import { buildForTest } from '../../policy/load-policy.ts';
import { ask, startHttpSidecar } from '../http/http-sidecar.ts';
import { ALLOW_PAY, DENY_PAY, sidecarFolder, soon } from './remote-sidecar.ts';

vi.setConfig({ testTimeout: 180_000 });

let allowing: Buffer = Buffer.alloc(0);
let denying: Buffer = Buffer.alloc(0);
beforeAll(async () => {
  allowing = await buildForTest(ALLOW_PAY);
  denying = await buildForTest(DENY_PAY);
});

const config = ({ url }: OpaControl, more = ''): string => `services: {acme: {url: "${url}"}}
bundles:
  pay:
    service: acme
    polling: {min_delay_seconds: 1, max_delay_seconds: 1}
${more}`;

/** What became of a call, in a word. */
async function outcome(client: LineClient): Promise<string> {
  const { result } = await client.callTool('pay');
  return result.isError === true ? result._meta['dev.regent/decision'].rule : 'allowed';
}

const becomes = (client: LineClient, wanted: string): Promise<void> =>
  soon(async () => expect(await outcome(client)).toBe(wanted));

test('the policy comes from the bundle server, and an unchanged one is not sent again', async () => {
  const control = await startOpaControl();
  control.bundle = allowing;
  const sidecar = sidecarFolder().start(config(control));
  await becomes(sidecar, 'allowed');
  await soon(() => expect(control.seen.length).toBeGreaterThan(1));
  const [first, second] = control.seen;
  expect(first).toMatchObject({ method: 'GET', path: '/bundles/pay' });
  expect(first?.headers['if-none-match']).toBeUndefined();
  expect(first?.headers.prefer).toBe('modes=snapshot');
  expect(second?.headers['if-none-match']).toMatch(/^"[0-9a-f]{64}"$/);
});

test('a new bundle comes into force while calls go on, and the client is told that the tools may have changed', async () => {
  const control = await startOpaControl();
  control.bundle = allowing;
  const folder = sidecarFolder();
  const sidecar = folder.start(config(control));
  await sidecar.request('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 't', version: '1' },
  });
  await becomes(sidecar, 'allowed');
  control.bundle = denying;
  await becomes(sidecar, 'pay/closed');
  const revisions = new Set((await folder.journal()).map(({ revision }) => revision));
  revisions.delete('');
  expect(revisions.size).toBe(2);
  await sidecar.next((line) => line.includes('notifications/tools/list_changed'));
});

test('with long polling a new bundle is there at once', async () => {
  const control = await startOpaControl();
  control.contentType = LONG_POLLING;
  control.bundle = allowing;
  const sidecar = sidecarFolder().start(
    config(control).replace(
      'min_delay_seconds: 1, max_delay_seconds: 1',
      'min_delay_seconds: 600, max_delay_seconds: 600, long_polling_timeout_seconds: 300',
    ),
  );
  await becomes(sidecar, 'allowed');
  await soon(() => expect(control.seen.at(-1)?.headers.prefer).toBe('modes=snapshot;wait=300'));
  control.bundle = denying;
  await becomes(sidecar, 'pay/closed');
});

test('a server that says that it holds requests, and does not, is not asked without a pause', async () => {
  const control = await startOpaControl();
  control.contentType = LONG_POLLING;
  control.holds = false;
  control.bundle = allowing;
  const polling = ', long_polling_timeout_seconds: 300';
  const sidecar = sidecarFolder().start(
    config(control).replace('max_delay_seconds: 1', `max_delay_seconds: 1${polling}`),
  );
  await becomes(sidecar, 'allowed');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(control.seen.at(-1)?.headers.prefer).toContain('wait=300');
  expect(control.seen.length).toBeLessThan(10);
});

test('where keys are configured, only what is signed with them decides', async () => {
  const control = await startOpaControl();
  control.bundle = allowing;
  const secret = 'a shared secret of more than 32 bytes';
  const sign = (bundle: Buffer, key: string): Promise<Buffer> =>
    signBundle(bundle, { key, algorithm: 'HS256', keyId: 'k1', claims: null });
  const sidecar = sidecarFolder().start(
    config(control, `keys: {k1: {key: "\${BUNDLE_SECRET}", algorithm: HS256}}\n`),
    { BUNDLE_SECRET: secret },
  );
  expect(await outcome(sidecar)).toBe('policy-missing');
  control.bundle = await sign(denying, secret);
  await becomes(sidecar, 'pay/closed');
  control.bundle = await sign(allowing, 'another secret of more than 32 bytes');
  await soon(() => expect(sidecar.stderr()).toContain('the old one stays in force'));
  expect(await outcome(sidecar)).toBe('pay/closed');
  control.bundle = await sign(allowing, secret);
  await becomes(sidecar, 'allowed');
  expect(sidecar.stderr()).not.toContain(secret);
});

test.each([
  ['is no archive', () => Buffer.from('no bundle')],
  ['is cut off', () => allowing.subarray(0, allowing.length / 2)],
  ['has no such server', () => buildForTest(`server: other\n${ALLOW_PAY}`)],
])('a bundle that %s is refused, and the old one goes on', async (_name, make) => {
  const control = await startOpaControl();
  control.bundle = denying;
  const sidecar = sidecarFolder().start(config(control));
  await becomes(sidecar, 'pay/closed');
  control.bundle = await make();
  await soon(() => expect(sidecar.stderr()).toContain('the old one stays in force'));
  await becomes(sidecar, 'pay/closed');
  control.bundle = allowing;
  await becomes(sidecar, 'allowed');
});

test('a bundle over size_limit_bytes is refused', async () => {
  const control = await startOpaControl();
  control.bundle = allowing;
  const sidecar = sidecarFolder().start(config(control, '    size_limit_bytes: 100\n'));
  expect(await outcome(sidecar)).toBe('policy-missing');
  expect(sidecar.stderr()).toContain('is over 100 bytes long');
});

test('without any bundle every call is denied with the reason, and nothing reaches the server, until one comes', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  const sidecar = folder.start(config(control));
  const { result } = await sidecar.callTool('pay');
  expect(result.content[0].text).toContain('no policy is in force: the bundle pay has not come yet');
  const listed = await sidecar.request('tools/list');
  expect(listed.result.tools).toEqual([]);
  expect(folder.executed()).toBe(0);
  expect(await folder.journal()).toMatchObject([{ output: { outcome: 'deny', rule: 'policy-missing' } }]);
  control.bundle = allowing;
  await becomes(sidecar, 'allowed');
  expect((await sidecar.request('tools/list')).result.tools).toHaveLength(1);
});

test('a service that cannot be reached is asked again until it can', async () => {
  const control = await startOpaControl();
  control.bundle = allowing;
  await control.stop();
  const sidecar = sidecarFolder().start(config(control));
  expect(await outcome(sidecar)).toBe('policy-missing');
  await control.start();
  await becomes(sidecar, 'allowed');
});

test('after an error the whole bundle is asked for again', async () => {
  const control = await startOpaControl();
  control.bundle = allowing;
  const sidecar = sidecarFolder().start(config(control));
  await becomes(sidecar, 'allowed');
  control.failWith = 500;
  await soon(() => expect(sidecar.stderr()).toContain('answers with status 500'));
  control.seen.length = 0;
  await soon(() => expect(control.seen.length).toBeGreaterThan(0));
  expect(control.seen[0]?.headers['if-none-match']).toBeUndefined();
  await becomes(sidecar, 'allowed');
});

test('a bundle that is kept is in force at a start while the service is down, and is verified again', async () => {
  const control = await startOpaControl();
  control.bundle = denying;
  const folder = sidecarFolder();
  const kept = path.join(folder.folder, 'kept', 'bundles', 'pay', 'bundle.tar.gz');
  const settings = config(control, '    persist: true\npersistence_directory: kept\n');
  const first = folder.start(settings);
  await becomes(first, 'pay/closed');
  await soon(() => expect(readFileSync(kept)).toEqual(denying));
  await first.kill();
  await control.stop();
  const second = folder.start(settings);
  await becomes(second, 'pay/closed');
  await second.kill();
  writeFileSync(kept, 'damaged');
  const third = folder.start(settings);
  expect(await outcome(third)).toBe('policy-missing');
  expect(third.stderr()).toContain('the bundle that was kept on disk is no good');
  await control.start();
  await becomes(third, 'pay/closed');
});

test('without persist nothing is kept', async () => {
  const control = await startOpaControl();
  control.bundle = allowing;
  const folder = sidecarFolder();
  const sidecar = folder.start(config(control, 'persistence_directory: kept\n'));
  await becomes(sidecar, 'allowed');
  expect(existsSync(path.join(folder.folder, 'kept'))).toBe(false);
});

test('a bundle in a file is taken anew when it changes', async () => {
  const folder = sidecarFolder();
  const file = folder.write('bundle.tar.gz', allowing);
  const sidecar = folder.start(`bundles:
  pay:
    resource: ${pathToFileURL(file).href}
    polling: {min_delay_seconds: 1, max_delay_seconds: 1}
`);
  await becomes(sidecar, 'allowed');
  writeFileSync(file, denying);
  await becomes(sidecar, 'pay/closed');
  rmSync(file);
  await soon(() => expect(sidecar.stderr()).toContain('cannot be read'));
  await becomes(sidecar, 'pay/closed');
});

test('over HTTP /readyz tells that no bundle has come, and nobody without a name gets in', async () => {
  const control = await startOpaControl();
  const { url } = await startHttpSidecar({
    args: [],
    policy: '',
    command: [process.execPath, path.resolve('dist/test/fixtures/echo-server.js')],
    prepare: (folder) => {
      writeFileSync(path.join(folder, 'regent.yaml'), `server: main\n${config(control)}`);
      return ['--config', path.join(folder, 'regent.yaml')];
    },
    isRemote: true,
  });
  const ready = async (): Promise<number> =>
    (await ask(new URL('/readyz', url).href, { method: 'GET' })).status;
  expect(await ready()).toBe(503);
  expect((await ask(url, { body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' })).status).toBe(401);
  control.bundle = allowing;
  await soon(async () => expect(await ready()).toBe(200));
});
