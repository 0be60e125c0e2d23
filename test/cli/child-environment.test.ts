// What the server inherits of the sidecar's environment.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createWorkbench } from './run-regent.ts';

const bench = createWorkbench();
afterAll(bench.remove);

test('invariant 7: the server gets the environment, and not the token of an approver', () => {
  bench.write('policy.yaml', 'version: "1"\ntools: {show_env: {rules: []}}\n');
  const env = { REGENT_APPROVER_TOKEN: 'rga_secret', SERVER_TOKEN: 'needed' };
  const server = ['/bin/sh', '-c', 'env > seen.txt'];
  expect(bench.runWith(env, '-c', 'policy.yaml', '--', ...server)).toMatchObject({ status: 0 });
  const seen = readFileSync(path.join(bench.folder, 'seen.txt'), 'utf8');
  expect(seen).toContain('SERVER_TOKEN=needed');
  expect(seen).not.toContain('rga_secret');
});
