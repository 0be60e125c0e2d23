// The examples of regent.yaml in the documents are read, and have every key that there is.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkRego, formatRego } from '../../compiler/opa/opa-operations.ts';
import * as opaTables from '../../src/cli/settings/opa/opa-keys.ts';
import { type ConfigRead, readConfig } from '../../src/cli/settings/read-config.ts';
import * as tables from '../../src/cli/settings/setting-keys.ts';
import { createWorkbench } from '../cli/run-regent.ts';
import { writeKeys } from '../fixtures/signing-keys.ts';

const readPage = (page: string): string =>
  readFileSync(path.resolve(import.meta.dirname, '../../docs', page), 'utf8');

function exampleOf(page: string, language: string): string {
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
}

const ownPage = readPage('operations.md');
const opaPage = readPage('bundles-and-logs.md');
const own = exampleOf(ownPage, 'yaml');
const opa = exampleOf(opaPage, 'yaml');

/** Beside the files and variables that it names. */
function read(
  example: string,
  files: readonly string[],
  variables: Readonly<Record<string, string>>,
): ConfigRead & { folder: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of files) writeFileSync(path.join(folder, name), 's'.repeat(32), { mode: 0o600 });
  renameSync(path.join(folder, writeKeys(folder, 'RS256').verification), path.join(folder, 'ci.pub'));
  for (const [name, value] of Object.entries(variables)) {
    process.env[name] = value;
    onTestFinished(() => void delete process.env[name]);
  }
  return { folder, ...readConfig(path.join(folder, 'regent.yaml'), example) };
}

test('the example of regent.yaml has no problems, and means what it says', () => {
  const { folder, settings, diagnostics } = read(own, ['api-key', 'door-token', 'webhook-secret'], {
    UPSTREAM_AUTHORIZATION: 'Bearer x',
  });
  expect(diagnostics).toEqual([]);
  expect(settings).toMatchObject({
    policy: [path.join(folder, 'policy.yaml')],
    holdMs: 45_000,
    headers: [
      ['Authorization', 'Bearer x'],
      ['X-Api-Key', 's'.repeat(32)],
    ],
    listen: { host: '127.0.0.1', port: 8931 },
    token: 's'.repeat(32),
    isIdentityRequired: true,
    jwt: { audience: ['regent'], agentClaim: ['sub'], clockSkewMs: 30_000 },
    keys: { ci: { algorithm: 'RS256', scope: 'production' } },
    signing: { keyId: 'ci', scope: 'production', excludeFiles: ['*.txt'] },
    bodyBytes: 64 * 1024 * 1024,
    sessionIdleMs: 1_800_000,
    useWithinMs: 600_000,
    webhook: { key: Buffer.from('s'.repeat(32)), format: 'json' },
    console: { host: '127.0.0.1', port: 8930 },
  });
});

test('the example of OPA’s configuration has no problems, and means what it says', () => {
  const files = ['ca.pem', 'cert.pem', 'key.pem'];
  const { folder, settings, diagnostics } = read(opa, files, {
    ARCHIVE_PASSPHRASE: 'open',
    MIRROR_TOKEN: 'mirror-token',
  });
  expect(diagnostics).toEqual([]);
  expect(settings.opa).toMatchObject({
    services: [
      { name: 'acme', bearer: { token: { file: '/var/run/secrets/regent/token' } } },
      { name: 'archive', tls: { passphrase: 'open' } },
      { name: 'mirror', bearer: { token: { text: 'mirror-token' } } },
    ],
    bundle: {
      name: 'finance',
      source: { kind: 'service', service: 'acme', resource: 'bundles/finance.tar.gz' },
      isPersisted: true,
      longPollingSeconds: 300,
      verification: { keyId: 'global_key', scope: 'read' },
    },
    decisionLogs: { upload: { service: 'archive', resource: '/logs/payments' }, decisionsPerSecond: 500 },
    status: { service: 'acme', resource: '/status/payments', isPrometheus: true },
    persistenceDirectory: path.join(folder, 'persisted'),
  });
});

test.each([
  ['regent.yaml', tables, own],
  ['OPA’s configuration', opaTables, opa],
])('the example of %s has every key', (_name, module, example) => {
  const keys = Object.values(module).flatMap((table) => Object.keys(table));
  const missing = keys.filter((key) => !new RegExp(`\\b${key}:`).test(example));
  expect(missing).toEqual([]);
});

test('the example of masks and drop rules is good Rego', async () => {
  const text = exampleOf(opaPage, 'rego');
  expect(text).toContain('package system.log');
  const modules = [{ path: 'system/log/log.rego', text }];
  expect(await checkRego(modules)).toEqual([]);
  expect(await formatRego(modules)).toEqual({ ok: true, modules });
});

test.each([
  ['1000.00', 'allow'],
  ['1000.01', 'require_approval'],
])('the example of approvals: %s is %s', (amount, outcome) => {
  const bench = createWorkbench();
  onTestFinished(bench.remove);
  const [policy = ''] = Array.from(ownPage.matchAll(/```yaml\n(version[\s\S]*?)```/g), ([, text]) => text);
  const file = bench.write('policy.yaml', policy);
  const args = ['--tool', 'transfer', '--arguments', `{"amount": ${amount}}`];
  const decision = JSON.parse(bench.run('eval', '-c', file, ...args).stdout);
  expect(decision.outcome).toBe(outcome);
  if (outcome === 'require_approval') {
    expect(decision.approval).toEqual({ timeout_ms: 1_800_000, required: 2 });
  }
});
