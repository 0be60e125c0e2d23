// docs/operations.md, "The webhook": its settings are read, its commands run, and its receiver takes what is genuine.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/cli/settings/read-config.ts';
import { REGENT } from '../cli/run-regent.ts';
import { startDesk } from '../sidecar/approvals/approval-desk.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const [, SECTION = ''] = /### The webhook\n([\s\S]*?)\n## /.exec(PAGE) ?? [];

function blocks(language: string): string[] {
  return Array.from(
    SECTION.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g')),
    ([, text = '']) => text,
  );
}

/** In a folder where `regent` is this one. */
function runShell(text: string, folder: string): string {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(REGENT, path.join(bin, 'regent'));
  const env = { ...process.env, HOME: folder, PATH: `${bin}:${process.env.PATH}` };
  return execFileSync('sh', ['-e', '-c', text], { cwd: folder, env, encoding: 'utf8' });
}

interface Started {
  readonly port: number;
  lines(): string[];
}

/** The example as a program of its own. */
async function startExample(secret: string): Promise<Started> {
  const file = path.join(temporaryFolder(), 'receiver.mjs');
  writeFileSync(file, blocks('js')[0] ?? '');
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  await expect.poll(() => out, { timeout: 20_000 }).toMatch(/listening on \d+\n/);
  const [, port = ''] = /listening on (\d+)/.exec(out) ?? [];
  return { port: Number(port), lines: () => out.trim().split('\n').slice(1) };
}

test('the settings are good, with the secret that the command makes', () => {
  const folder = temporaryFolder();
  runShell(blocks('sh')[0] ?? '', folder);
  writeFileSync(path.join(folder, 'webhook-url'), 'https://hooks.example.com/T0\n', { mode: 0o600 });
  const { settings, diagnostics } = readConfig(path.join(folder, 'regent.yaml'), blocks('yaml')[0] ?? '');
  expect(diagnostics).toEqual([]);
  expect(settings.webhook).toMatchObject({ url: new URL('https://hooks.example.com/T0'), format: 'slack' });
  expect(settings.webhook?.key).toHaveLength(32);
});

test('the receiver prints what a sidecar posts, refuses what it did not, and the log has it', {
  timeout: 90_000,
}, async () => {
  const folder = temporaryFolder();
  runShell(blocks('sh')[0] ?? '', folder);
  const secret = readFileSync(path.join(folder, 'webhook-secret'), 'utf8').trim();
  const example = await startExample(secret);
  const url = `http://127.0.0.1:${example.port}/`;
  writeFileSync(path.join(folder, 'webhook-url'), url, { mode: 0o600 });
  const config = path.join(folder, 'regent.yaml');
  writeFileSync(config, (blocks('yaml')[0] ?? '').replace('slack', 'json'));
  const desk = startDesk({ args: ['--config', config] });
  const call = desk.client.callTool('pay');
  await desk.reject((await desk.waiting()).id);
  expect((await call).result.isError).toBe(true);
  await expect.poll(() => example.lines().length, { timeout: 20_000 }).toBe(2);
  const told = example.lines().map((line) => JSON.parse(line));
  expect(told.map(({ type }) => type)).toEqual(['approval.requested', 'approval.rejected']);
  expect(told[0].data.url).toBe(`https://approvals.example.com/approvals/${told[0].data.id}`);

  const forged = { 'webhook-id': 'a', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) };
  const signature = { 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` };
  for (const headers of [{}, forged, { ...forged, ...signature }])
    expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(401);
  expect(example.lines()).toHaveLength(2);

  const home = temporaryFolder();
  symlinkSync(path.dirname(desk.stateFile), path.join(home, '.regent'));
  const log = runShell(blocks('sh')[1] ?? '', home);
  expect(log.match(/delivered/g)).toHaveLength(4);
});
