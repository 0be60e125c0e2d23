// `--opa` as users type it: on every command that builds or tests, in regent.yaml and in the environment.
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { OPA } from '../fixtures/opa-binary.ts';
import { startGuarded } from '../sidecar/guarded-server.ts';
import { createWorkbench } from './run-regent.ts';

vi.setConfig({ testTimeout: 120_000 });

const bench = createWorkbench();
afterAll(bench.remove);
const POLICY = bench.write('policy.yaml', 'version: "1"\ntools: {pay: {rules: [{rate_limit: 5/minute}]}}\n');
bench.write('cases.yaml', '- {name: a payment passes, tool: pay, outcome: allow}\n');
bench.write('own_test.rego', 'package own_test\n\ntest_it if 1 == 1\n');

/** Builds as `OPA` does, and writes down what it was asked to do. */
function watchedOpa(): { readonly file: string; asked(): string[] } {
  const log = path.join(bench.folder, 'asked');
  const file = bench.write('opa', `#!/bin/sh\necho "$1" >> ${log}\nexec ${OPA} "$@"\n`);
  bench.write('asked', '');
  chmodSync(file, 0o755);
  return { file, asked: () => [...new Set(readFileSync(log, 'utf8').split('\n').filter(Boolean))].sort() };
}

const BUILD = ['build', 'capabilities', 'version'];

describe('the binary of --opa', () => {
  test.each([
    ['validate', ['-c', POLICY], BUILD, 'policy.yaml: no problems'],
    ['compile', ['-c', POLICY, '-o', 'bundle.tar.gz'], BUILD, 'Wrote bundle.tar.gz'],
    ['eval', ['-c', POLICY, '--tool', 'pay'], BUILD, '"outcome": "allow"'],
    ['test', [bench.folder], [...BUILD, 'test'].sort(), '2 passed'],
  ])('builds and tests for regent %s', (command, args, asked, told) => {
    const opa = watchedOpa();
    const { stdout, stderr, status } = bench.run(command, ...args, '--opa', opa.file);
    expect(stdout + stderr).toContain(told);
    expect(status).toBe(0);
    expect(opa.asked()).toEqual(asked);
  });

  test('has a place of its own in the cache of bundles', () => {
    const evaluate = ['eval', '-c', POLICY, '--tool', 'pay'];
    const cached = (): number => readdirSync(path.join(bench.folder, '.regent/bundles')).length;
    expect(bench.run(...evaluate).status).toBe(0);
    const before = cached();
    const opa = watchedOpa();
    const fresh = bench.write('fresh.yaml', readFileSync(POLICY, 'utf8'));
    for (const [args, expected] of [
      [['eval', '-c', fresh, '--tool', 'pay'], before + 1],
      [['eval', '-c', fresh, '--tool', 'pay', '--opa', opa.file], before + 2],
      [['eval', '-c', fresh, '--tool', 'pay', '--opa', OPA], before + 2],
    ] as const) {
      expect(bench.run(...args).status).toBe(0);
      expect(cached()).toBe(expected);
    }
    // The third found what the second had built.
    expect(opa.asked()).toEqual(BUILD);
  });

  test.each([
    [
      'is too old',
      'echo "Version: 0.68.0"',
      /^regent: .* is opa 0\.68\.0, and Regent is tested with opa 1\.18/,
    ],
    ['is no opa', 'echo hello', /^regent: .* does not tell its version: it is no opa$/m],
    [
      'is broken',
      'test "$1" = version && echo "Version: 1.22.2" || kill -9 $$',
      /opa capabilities was ended by SIGKILL$/m,
    ],
  ])('ends the command where it %s', (_, script, message) => {
    const file = bench.write('bad-opa', `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    for (const command of ['validate', 'compile']) {
      const { status, stderr } = bench.run(command, '-c', POLICY, '--opa', file);
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    }
    expect(bench.run('eval', '-c', POLICY, '--tool', 'pay', '--opa', file)).toMatchObject({
      status: 2,
      stdout: '',
    });
  });
});

describe('a sidecar', () => {
  test('builds by the opa of regent.yaml, whose path starts at the file', async () => {
    const opa = watchedOpa();
    const config = bench.write('regent.yaml', 'opa: ./opa\n');
    const { client, executed } = startGuarded({ args: ['--config', config] });
    expect((await client.callTool('pay')).result.isError).not.toBe(true);
    expect(executed()).toHaveLength(1);
    expect(opa.asked()).toEqual(BUILD);
  });

  test('does not start with an opa that it cannot use', () => {
    const { status, stderr } = bench.run('-c', POLICY, '--opa', 'nowhere/opa', '--', 'true');
    expect(stderr).toContain('there is no program ');
    expect(status).toBe(2);
  });

  test('takes the opa of REGENT_OPA; an empty one is none', () => {
    vi.stubEnv('REGENT_OPA', '/nowhere/opa');
    expect(bench.run('validate', '-c', POLICY)).toMatchObject({ status: 2 });
    vi.stubEnv('REGENT_OPA', '');
    expect(bench.run('validate', '-c', POLICY)).toMatchObject({ status: 0 });
    vi.unstubAllEnvs();
  });
});
