// Real clients of both SDK lines and both protocol eras in front of a real server: they work through Regent as without
// it, but for what policy removes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, describe, expect, test } from 'vitest';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { shareBundles } from '../fixtures/share-bundles.ts';
import { REGENT } from './guarded-server.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'regent-sdk-'));

shareBundles(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const policy = path.join(folder, 'policy.yaml');
writeFileSync(policy, 'version: "1"\ntools:\n  greet:\n    rules: []\n');

const command = {
  command: process.execPath,
  args: [
    REGENT,
    '-c',
    policy,
    '--state',
    path.join(folder, 'state.db'),
    '--',
    process.execPath,
    fixturePath('modern-server'),
  ],
  env: { PATH: process.env.PATH ?? '', HOME: folder },
  stderr: 'ignore' as const,
};
const who = { name: 'test', version: '1' };

async function connectOld() {
  const client = new Client(who);
  await client.connect(new StdioClientTransport(command));
  return client;
}

async function connectNew(mode: 'legacy' | 'modern') {
  const versionNegotiation = mode === 'modern' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {};
  const client = new ModernClient(who, versionNegotiation as ConstructorParameters<typeof ModernClient>[1]);
  await client.connect(new ModernTransport(command));
  return client;
}

describe.each([
  ['SDK 1.x', connectOld],
  ['SDK 2.x, older revision', () => connectNew('legacy')],
  ['SDK 2.x, protocol 2026-07-28', () => connectNew('modern')],
])('%s', (_, connect) => {
  test('sees the allowed tool only, runs it, and reads why another was denied', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['greet']);
    const allowed = await client.callTool({ name: 'greet', arguments: {} });
    expect(allowed.content).toEqual([{ type: 'text', text: 'greet ran' }]);
    const denied = await client.callTool({ name: 'forbidden', arguments: {} });
    expect(denied.isError).toBe(true);
    expect(JSON.stringify(denied.content)).toContain('The call was not executed');
    expect(denied._meta?.['dev.regent/decision']).toMatchObject({
      outcome: 'deny',
      rule: 'default-deny',
      executed: false,
    });
    await client.close();
  });
});
