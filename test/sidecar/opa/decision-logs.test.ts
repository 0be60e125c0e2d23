// Decisions uploaded to a decision log, at a whole sidecar: all of them, in order, through outages and crashes.
import { gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { type Json, type OpaControl, startOpaControl } from '../../fixtures/opa-control.ts';
import { ALLOW_PAY, buildWithLogRules, DENY_PAY, hasPolicy, sidecarFolder, soon } from './remote-sidecar.ts';

vi.setConfig({ testTimeout: 180_000 });

const logs = ({ url }: OpaControl, more = '', reporting = ''): string => `services:
  acme: {url: "${url}", response_header_timeout_seconds: 1}
labels: {app: payments}
decision_logs:
  service: acme
  reporting: {min_delay_seconds: 1, max_delay_seconds: 1${reporting}}
${more}`;

const idsOf = (rows: ReadonlyArray<Json>): string[] => rows.map((row) => row.decision_id ?? row.id);

test('what is uploaded is what the journal holds, in its order and in OPA’s form', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  folder.write('policy.yaml', DENY_PAY);
  const sidecar = folder.start(logs(control, 'policy: policy.yaml\n'));
  for (let count = 0; count < 5; count += 1) await sidecar.callTool('pay', { count });
  await soon(() => expect(control.events()).toHaveLength(5));
  const journal = await folder.journal();
  expect(idsOf(control.events())).toEqual(idsOf(journal));
  for (const [index, event] of control.events().entries()) {
    const { id, input, output, sequence } = journal[index] ?? {};
    expect(event).toEqual({
      labels: { app: 'payments', id: expect.stringMatching(/^[0-9a-f-]{36}$/), version: expect.any(String) },
      decision_id: id,
      path: 'regent/gateway/decision',
      input,
      result: output,
      requested_by: 'anonymous',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      custom: { regent: { sequence, server: 'main', tool: 'pay' } },
    });
  }
  const [upload] = control.seen;
  expect(upload).toMatchObject({
    method: 'POST',
    path: '/logs',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  });
});

test('events name the bundle that decided', async () => {
  const control = await startOpaControl();
  control.bundle = await buildWithLogRules('package system.log\n', []);
  const folder = sidecarFolder();
  const sidecar = folder.start(logs(control, 'bundles: {pay: {resource: /b}}\n', '').replace('/logs', '/x'));
  await hasPolicy(sidecar);
  await sidecar.callTool('pay', { card: '1', amount: 1 });
  await soon(() => expect(control.events()).toHaveLength(1));
  const [row] = await folder.journal();
  expect(control.events()[0].bundles).toEqual({ pay: { revision: row?.revision } });
});

test('an outage of the decision log loses nothing and holds no call up', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  folder.write('policy.yaml', ALLOW_PAY);
  await control.stop();
  const sidecar = folder.start(logs(control, 'policy: policy.yaml\n'));
  for (let count = 0; count < 30; count += 1) await sidecar.callTool('pay');
  await soon(() => expect(sidecar.stderr()).toContain('they stay in the journal'));
  await control.start();
  control.failWith = 503;
  await soon(() => expect(sidecar.stderr()).toContain('answers with status 503'));
  control.failWith = null;
  await soon(() => expect(control.events()).toHaveLength(30));
  expect(idsOf(control.events())).toEqual(idsOf(await folder.journal()));
});

test('a sidecar that is killed again and again loses nothing, and repeats only with the same decision id', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  folder.write('policy.yaml', ALLOW_PAY);
  const config = logs(control, 'policy: policy.yaml\n', ', upload_size_limit_bytes: 600');
  const calls = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"pay"}}';
  for (let round = 0; round < 3; round += 1) {
    let uploads = 0;
    const sidecar = folder.start(config);
    // Dies with an upload that was taken, and whose answer nobody has read.
    const dead = new Promise<void>((resolve) => {
      control.onUpload = async () => {
        uploads += 1;
        if (uploads === 2) await sidecar.kill().then(resolve);
      };
    });
    for (let count = 0; count < 40; count += 1) sidecar.send(calls);
    await dead;
  }
  control.onUpload = () => {};
  folder.start(config);
  const journal = await folder.journal();
  expect(journal.length).toBeGreaterThan(30);
  const uploaded = (): Set<string> => new Set(idsOf(control.events()));
  await soon(() => expect(uploaded().size).toBe(journal.length));
  expect([...uploaded()].sort()).toEqual(idsOf(journal).sort());
  expect(control.events().length).toBeGreaterThan(journal.length);
});

test('sidecars that share a state file upload each decision once', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  folder.write('policy.yaml', ALLOW_PAY);
  // A sidecar that stands still for long on a busy machine keeps its turn.
  const config = logs(control, 'policy: policy.yaml\n').replace('timeout_seconds: 1', 'timeout_seconds: 60');
  const sidecars = [folder.start(config), folder.start(config), folder.start(config)];
  for (let count = 0; count < 20; count += 1) await Promise.all(sidecars.map((one) => one.callTool('pay')));
  await soon(() => expect(control.events().length).toBeGreaterThanOrEqual(60));
  await Promise.all(sidecars.map((one) => one.close()));
  expect(idsOf(control.events())).toEqual(idsOf(await folder.journal()));
});

test('what is left at the end is uploaded then', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  folder.write('policy.yaml', ALLOW_PAY);
  const sidecar = folder.start(
    logs(control, 'policy: policy.yaml\n')
      .replaceAll('_seconds: 1,', '_seconds: 600,')
      .replace('max_delay_seconds: 1', 'max_delay_seconds: 600'),
  );
  await sidecar.callTool('pay');
  await sidecar.close();
  expect(idsOf(control.events())).toEqual(idsOf(await folder.journal()));
});

test('decisions from before the decision log was configured, and those of other servers, are not uploaded', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  folder.write('policy.yaml', `server: main\n${ALLOW_PAY}`);
  folder.write('other.yaml', `server: other\n${ALLOW_PAY}`);
  const before = folder.start('policy: policy.yaml\n');
  await before.callTool('pay');
  await before.close();
  const other = folder.start('policy: other.yaml\nserver: other\n');
  const sidecar = folder.start(logs(control, 'policy: policy.yaml\n'));
  await other.callTool('pay');
  await sidecar.callTool('pay');
  await soon(() => expect(control.events()).toHaveLength(1));
  expect(control.events()[0].custom.regent.server).toBe('main');
});

const MASKS = `package system.log

mask contains "/input/arguments/card"

mask contains {"op": "upsert", "path": "/result/reason", "value": "…"}

default drop := false

drop if input.input.arguments.amount == 0
`;

test('masks of the policy take out what they name, and drop rules leave events out', async () => {
  const control = await startOpaControl();
  control.bundle = await buildWithLogRules(MASKS, ['system/log/mask', 'system/log/drop']);
  const folder = sidecarFolder();
  const sidecar = folder.start(logs(control, 'bundles: {pay: {}}\n'));
  await hasPolicy(sidecar);
  await sidecar.callTool('pay', { card: '4111111111111111', amount: 0 });
  await sidecar.callTool('pay', { card: '4111111111111111', amount: 'much' });
  sidecar.send(
    '{"jsonrpc":"2.0","id":99,"method":"tools/call","params":{"name":"pay","arguments":{"card":"4111111111111111","amount":12345678901234567890123}}}',
  );
  await soon(() => expect(control.events()).toHaveLength(2));
  expect(JSON.stringify(control.events())).not.toContain('4111');
  const [, exact] = control.events();
  expect(exact).toMatchObject({
    erased: ['/input/arguments/card'],
    masked: ['/result/reason'],
    result: { outcome: 'allow', reason: '…' },
  });
  const texts = control.seen
    .filter(({ path }) => path === '/logs')
    .map(({ body }) => gunzipSync(body).toString());
  expect(texts.join('')).toContain('"arguments":{"amount":12345678901234567890123}');
});

test.each([
  [
    'throws',
    'package system.log\n\nmask := object.union_n([x | some x in input.labels.none])\n\nmask := 1 if input.decision_id\n\nmask := 2 if input.decision_id\n',
    ['system/log/mask'],
  ],
  [
    'is no mask',
    'package system.log\n\nmask contains {"op": "hide", "path": "/input"}\n',
    ['system/log/mask'],
  ],
  ['names what may not be masked', 'package system.log\n\nmask contains "/labels"\n', ['system/log/mask']],
  ['was forgotten in the build', 'package system.log\n\nmask contains "/input"\n', []],
])('where the mask %s, the event is not logged, and counted', async (_name, rego, entrypoints) => {
  const control = await startOpaControl();
  control.bundle = await buildWithLogRules(rego, entrypoints);
  const sidecar = sidecarFolder().start(logs(control, 'bundles: {pay: {}}\nstatus: {service: acme}\n'));
  await hasPolicy(sidecar);
  await sidecar.callTool('pay', { card: '4111111111111111', amount: 1 });
  await soon(() =>
    expect(control.statuses.at(-1)?.metrics?.counter_decision_logs_dropped_rule_failed).toBe(1),
  );
  expect(control.events()).toEqual([]);
  expect(sidecar.stderr()).toContain('the decision is not logged');
});

test('nothing is uploaded while no policy says what is masked', async () => {
  const control = await startOpaControl();
  control.bundle = await buildWithLogRules(MASKS, ['system/log/mask', 'system/log/drop']);
  const folder = sidecarFolder();
  control.onUpload = () => Promise.reject(new Error('not yet'));
  const config = logs(control, 'bundles: {pay: {}}\n');
  const first = folder.start(config);
  await hasPolicy(first);
  await first.callTool('pay', { card: '4111111111111111', amount: 1 });
  await first.kill();
  const { bundle } = control;
  control.bundle = null;
  control.onUpload = () => {};
  const second = folder.start(config);
  await second.callTool('pay', { card: '4111111111111111', amount: 1 });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(control.events()).toEqual([]);
  control.bundle = bundle;
  await soon(() => expect(control.events()).toHaveLength(2));
  expect(JSON.stringify(control.events())).not.toContain('4111');
});

test('uploads stay under their size, and what is too long alone is left out and counted', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  folder.write(
    'policy.yaml',
    'version: "1"\ntools:\n  pay:\n    rules: [{arguments: {note: {type: string}}}]\n',
  );
  const sidecar = folder.start(
    logs(control, 'policy: policy.yaml\nstatus: {service: acme}\n', ', upload_size_limit_bytes: 2000'),
  );
  const noise = Array.from({ length: 5000 }, (_, index) => ((index * 7919) % 9973).toString(36)).join('');
  await sidecar.callTool('pay', { note: noise });
  for (let count = 0; count < 60; count += 1)
    await sidecar.callTool('pay', { note: noise.slice(count, count + 300) });
  await soon(() => expect(control.events()).toHaveLength(60));
  const sizes = control.seen.filter(({ path }) => path === '/logs').map(({ body }) => body.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2000);
  expect(sizes.length).toBeLessThan(60);
  await soon(() =>
    expect(control.statuses.at(-1).decision_logs.metrics).toMatchObject({
      counter_decision_logs_dropped_upload_size_limit_exceeded: 1,
      counter_decision_logs_events_uploaded: 60,
    }),
  );
});

test('a partition has its own path, and the console its own lines', async () => {
  const control = await startOpaControl();
  const folder = sidecarFolder();
  folder.write('policy.yaml', ALLOW_PAY);
  const sidecar = folder.start(
    logs(control, '  partition_name: "eu west"\n  console: true\npolicy: policy.yaml\n').replace(
      'log_level',
      '',
    ),
  );
  await sidecar.callTool('pay');
  await soon(() => expect(control.seen[0]?.path).toBe('/logs/eu%20west'));
  await soon(() => expect(sidecar.stderr()).toContain('"msg":"Decision Log"'));
  const line =
    sidecar
      .stderr()
      .split('\n')
      .find((text) => text.includes('Decision Log')) ?? '';
  expect(JSON.parse(line)).toMatchObject({
    type: 'openpolicyagent.org/decision_logs',
    path: 'regent/gateway/decision',
  });
});
