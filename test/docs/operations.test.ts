// docs/operations.md: its regent.yaml is read, and has every key that there is.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/cli/settings/read-config.ts';
import * as tables from '../../src/cli/settings/setting-keys.ts';
import { createWorkbench } from '../cli/run-regent.ts';
import { writeKeys } from '../fixtures/signing-keys.ts';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];

test('the example of regent.yaml has no problems, and means what it says', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['api-key', 'door-token', 'webhook-secret'])
    writeFileSync(path.join(folder, name), 's'.repeat(32), { mode: 0o600 });
  renameSync(path.join(folder, writeKeys(folder, 'RS256').verification), path.join(folder, 'ci.pub'));
  process.env.UPSTREAM_AUTHORIZATION = 'Bearer x';
  onTestFinished(() => void delete process.env.UPSTREAM_AUTHORIZATION);
  const { settings, diagnostics } = readConfig(path.join(folder, 'regent.yaml'), example);
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

test('the example of regent.yaml has every key', () => {
  const keys = Object.values(tables).flatMap((table) => Object.keys(table));
  const missing = keys.filter((key) => !new RegExp(`\\b${key}:`).test(example));
  expect(missing).toEqual([]);
});

test.each([
  ['1000.00', 'allow'],
  ['1000.01', 'require_approval'],
])('the example of approvals: %s is %s', (amount, outcome) => {
  const bench = createWorkbench();
  onTestFinished(bench.remove);
  const [policy = ''] = Array.from(PAGE.matchAll(/```yaml\n(version[\s\S]*?)```/g), ([, text]) => text);
  const file = bench.write('policy.yaml', policy);
  const args = ['--tool', 'transfer', '--arguments', `{"amount": ${amount}}`];
  const decision = JSON.parse(bench.run('eval', '-c', file, ...args).stdout);
  expect(decision.outcome).toBe(outcome);
  if (outcome === 'require_approval') {
    expect(decision.approval).toEqual({ timeout_ms: 1_800_000, required: 2 });
  }
});
