// A real OPA server as the consumer of a bundle that Regent has made: it fetches, verifies, activates and answers.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { OPA } from '../fixtures/opa-binary.ts';
import { writeKeys } from '../fixtures/signing-keys.ts';
import { type WrittenRego, writeRego } from './written-rego.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const INPUT = {
  version: 1,
  server: 'main',
  agent: { id: 'bot', claims: {} },
  session: 's',
  method: 'tools/call',
  tool: 'close_account',
  arguments: {},
  amounts: {},
  clock: { unix: 0, date: '1970-01-01', weekday: 'thursday', minute_of_day: 0 },
  state: { counters: {} },
  approval: null,
};

let written: WrittenRego;
let bundles: Server;
let opa: ChildProcess;
let socketPath: string;

beforeAll(async () => {
  written = writeRego('policies/finance/policy.yaml');
  const { bench, policy } = written;
  writeKeys(bench.folder, 'RS256');
  expect(bench.run('compile', '-c', policy, '-o', 'signed.tar.gz', '--signing-key', 'RS256.pem').status).toBe(
    0,
  );
  bundles = createServer((_, response) => {
    response.setHeader('Content-Type', 'application/gzip');
    response.end(readFileSync(path.join(bench.folder, 'signed.tar.gz')));
  });
  bundles.listen(0, '127.0.0.1');
  await once(bundles, 'listening');
  socketPath = path.join(bench.folder, 'opa.sock');
  bench.write(
    'opa.yaml',
    configuration((bundles.address() as AddressInfo).port, path.join(bench.folder, 'RS256.pub')),
  );
  const args = [
    'run',
    '--server',
    '--addr',
    `unix://${socketPath}`,
    '--config-file',
    'opa.yaml',
    '--skip-version-check',
  ];
  opa = spawn(OPA, args, { cwd: bench.folder, env: { HOME: bench.folder }, stdio: 'ignore' });
});
afterAll(async () => {
  if (opa.exitCode === null && opa.kill('SIGKILL')) await once(opa, 'close');
  bundles.closeAllConnections();
  bundles.close();
  written.bench.remove();
});

function configuration(port: number, publicKey: string): string {
  return JSON.stringify({
    services: { regent: { url: `http://127.0.0.1:${port}` } },
    bundles: { finance: { service: 'regent', resource: 'bundle.tar.gz', signing: { keyid: 'default' } } },
    keys: { default: { algorithm: 'RS256', key: readFileSync(publicKey, 'utf8') } },
  });
}

async function ask(method: string, url: string, body = ''): Promise<{ status?: number; answer: unknown }> {
  const asked = request({ socketPath, method, path: url, headers: { 'Content-Type': 'application/json' } });
  asked.end(body);
  const [response] = await once(asked, 'response');
  return { status: response.statusCode, answer: JSON.parse(await text(response)) };
}

test('OPA activates the signed bundle, whose WebAssembly it runs itself, and decides as regent eval', async () => {
  const isHealthy = () =>
    ask('GET', '/health?bundles').then(
      ({ status }) => status,
      () => null,
    );
  await expect.poll(isHealthy, { timeout: 60_000, interval: 200 }).toBe(200);
  const { answer } = await ask('POST', '/v1/data/regent/gateway/decision', JSON.stringify({ input: INPUT }));
  const told = written.bench.run('eval', '-c', written.policy, '--tool', INPUT.tool);
  const { result } = answer as { result: object };
  expect(result).toEqual(JSON.parse(told.stdout));
  expect(result).toMatchObject({ outcome: 'require_approval' });
  expect(opa.exitCode).toBe(null);
});
