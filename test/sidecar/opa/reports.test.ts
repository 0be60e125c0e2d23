// Status reports and metrics of a whole sidecar, and credentials that no log shows.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { startOpaControl } from '../../fixtures/opa-control.ts';
import { buildForTest } from '../../policy/load-policy.ts';
import { ask, modern, startHttpSidecar } from '../http/http-sidecar.ts';
import { ALLOW_PAY, sidecarFolder, soon } from './remote-sidecar.ts';

vi.setConfig({ testTimeout: 180_000 });

const POLLING = 'polling: {min_delay_seconds: 1, max_delay_seconds: 1}';

test('each activation and each failure is reported, with what is in force', async () => {
  const control = await startOpaControl();
  control.bundle = await buildForTest(ALLOW_PAY);
  const sidecar = sidecarFolder().start(`services: {acme: {url: "${control.url}"}}
labels: {region: eu}
bundles: {pay: {${POLLING}}}
status: {service: acme, partition_name: mine}
`);
  await sidecar.callTool('pay');
  await soon(() => expect(control.statuses.at(-1)?.bundles.pay.active_revision).toBeDefined());
  expect(control.seen.find(({ method }) => method === 'POST')?.path).toBe('/status/mine');
  const { labels, bundles, plugins } = control.statuses.at(-1);
  const revision = bundles.pay.active_revision;
  expect(labels).toMatchObject({ region: 'eu', id: expect.any(String), version: expect.any(String) });
  expect(bundles.pay).toMatchObject({ name: 'pay', type: 'snapshot', size: control.bundle.length });
  expect(bundles.pay).not.toHaveProperty('code');
  expect(plugins).toEqual({ bundle: { state: 'OK' } });
  control.bundle = Buffer.from('broken');
  await soon(() => expect(control.statuses.at(-1).bundles.pay.code).toBe('bundle_error'));
  expect(control.statuses.at(-1).bundles.pay).toMatchObject({
    active_revision: revision,
    message: expect.stringContaining('gzip'),
  });
  control.bundle = null;
  await soon(() => expect(control.statuses.at(-1).bundles.pay.http_code).toBe('404'));
});

test('the counts of decision logs are at /metrics where status.prometheus asks for it, and else nothing is there', async () => {
  const control = await startOpaControl();
  const start = (status: string): ReturnType<typeof startHttpSidecar> =>
    startHttpSidecar({
      args: [],
      policy: ALLOW_PAY,
      command: [process.execPath, path.resolve('dist/test/fixtures/echo-server.js')],
      prepare: (folder) => {
        const text = `services: {acme: {url: "${control.url}"}}
decision_logs: {reporting: {min_delay_seconds: 1, max_delay_seconds: 1}}
${status}`;
        writeFileSync(path.join(folder, 'regent.yaml'), text);
        return ['--config', path.join(folder, 'regent.yaml')];
      },
    });
  const { url } = await start('status: {prometheus: true}\n');
  const metrics = async (): Promise<string> =>
    (await ask(new URL('/metrics', url).href, { method: 'GET' })).text;
  await ask(url, modern('tools/call', { name: 'pay', arguments: {} }));
  await soon(async () => expect(await metrics()).toContain('regent_decision_log_events_uploaded_total 1\n'));
  expect(await metrics()).toContain('regent_decision_log_events_dropped_total{reason="oversized"} 0');
  const silent = await start('');
  expect((await ask(new URL('/metrics', silent.url).href, { method: 'GET' })).status).toBe(404);
});

test('credentials go to their service alone, and into no log and no report', async () => {
  const control = await startOpaControl();
  control.bundle = await buildForTest(ALLOW_PAY);
  const folder = sidecarFolder();
  const tokenFile = folder.write('token', 'first-token-5d1c\n');
  const sidecar = folder.start(
    `log_level: trace
services:
  acme:
    url: "${control.url}?secret=query"
    headers: {X-Api-Key: "\${API_KEY}"}
    credentials: {bearer: {token_path: token}}
bundles: {pay: {${POLLING}}}
decision_logs: {reporting: {min_delay_seconds: 1, max_delay_seconds: 1}}
status: {}
`,
    { API_KEY: 'api-key-77aa' },
  );
  await sidecar.callTool('pay');
  await soon(() => expect(control.events()).toHaveLength(1));
  for (const { headers } of control.seen)
    expect(headers).toMatchObject({ authorization: 'Bearer first-token-5d1c', 'x-api-key': 'api-key-77aa' });
  writeFileSync(tokenFile, 'second-token-9e2f');
  await soon(() => expect(control.seen.at(-1)?.headers.authorization).toBe('Bearer second-token-9e2f'));
  control.failWith = 401;
  await soon(() => expect(sidecar.stderr()).toContain('status 401'));
  writeFileSync(tokenFile, 'no\ntoken');
  await soon(() => expect(sidecar.stderr()).toContain('holds no token'));
  const told = sidecar.stderr() + JSON.stringify(control.statuses) + JSON.stringify(control.events());
  for (const secret of ['first-token', 'second-token', 'api-key-77aa', 'secret=query'])
    expect(told).not.toContain(secret);
});
