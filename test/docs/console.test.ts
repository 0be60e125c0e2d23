// docs/console.md: its commands run, its blocks are read, and its pictures are there and small.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../src/cli/settings/read-config.ts';
import { createWorkbench, REGENT } from '../cli/run-regent.ts';
import { fixturePath } from '../fixtures/fixture-path.ts';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../docs/console.md'), 'utf8');
const PICTURE_MAX = 100_000;
const bench = createWorkbench();
afterAll(bench.remove);

const commands = Array.from(PAGE.matchAll(/```sh\n([\s\S]*?)```/g), ([, text = '']) =>
  text.trim().split('\n'),
).flat();
const isServer = (line: string): boolean => / console\b| --console /.test(line);

test('the policy validates', () => {
  const [, policy = ''] = /```yaml finance\.yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  const { status, stdout } = bench.run('validate', '-c', bench.write('finance.yaml', policy));
  expect(stdout).toContain('no problems');
  expect(status).toBe(0);
});

test('the part of regent.yaml means what it says', () => {
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  const { settings, diagnostics } = readConfig(path.join(bench.folder, 'regent.yaml'), text);
  expect(diagnostics).toEqual([]);
  expect(settings).toMatchObject({ console: { host: '127.0.0.1', port: 8930 } });
  expect(settings.consoleUrl?.href).toBe('https://console.example.com/');
});

test('the page shows commands of both kinds', () => {
  expect(commands.filter(isServer)).toHaveLength(3);
  expect(commands.filter((line) => !isServer(line)).length).toBeGreaterThan(4);
});

test('the commands that end do what they say', () => {
  for (const line of commands.filter((line) => !isServer(line))) {
    const { status, stderr } = bench.run(...line.split(' ').slice(1));
    expect([line, status, stderr]).toEqual([line, 0, expect.not.stringContaining('error')]);
  }
});

test.each(commands.filter(isServer))('%s serves a console', async (line) => {
  const policy = /```yaml finance\.yaml\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '';
  bench.write('finance.yaml', policy);
  const free = line
    .replace('127.0.0.1:8930', '127.0.0.1:0')
    .replace('regent console --state', 'regent console --listen 127.0.0.1:0 --state');
  const words = free
    .replace('npx -y some-mcp-server', `${process.execPath} ${fixturePath('echo-server')}`)
    .split(' ');
  const child = spawn(process.execPath, [REGENT, ...words.slice(1)], {
    cwd: bench.folder,
    env: { ...process.env, HOME: bench.folder, REGENT_AGENT: '' },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  await expect.poll(() => told, { timeout: 20_000 }).toContain('console on http://127.0.0.1:');
  child.kill('SIGTERM');
  await ended;
});

test('a console for others without https is refused, as the page says', () => {
  const { status, stderr } = bench.run('console', '--listen', '0.0.0.0:0', '--state', 'state.db');
  expect(status).toBe(2);
  expect(stderr).toContain('off loopback people would send their tokens to 0.0.0.0 in clear');
  expect(stderr).not.toContain('    at ');
});

test('the pictures are small', () => {
  const pictures = Array.from(PAGE.matchAll(/\]\((images\/[^)]+)\)/g), ([, file = '']) => file);
  expect(pictures).toHaveLength(5);
  for (const file of pictures)
    expect(statSync(path.resolve(import.meta.dirname, '../../docs', file)).size).toBeLessThan(PICTURE_MAX);
});
