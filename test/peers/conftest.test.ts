// The real conftest on what `regent compile --rego` writes, unchanged. Its build takes minutes: `make peers` runs this.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addTest, POLICIES, type WrittenRego, writeRego } from './written-rego.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const CONFTEST = path.resolve(import.meta.dirname, '../../dist/tools/conftest');

describe.runIf(process.env.REGENT_CONFTEST === '1').each(POLICIES)('the Rego of %s', (name) => {
  let written: WrittenRego;
  beforeAll(() => {
    written = writeRego(name);
    addTest(written);
  });
  afterAll(() => written.bench.remove());

  test('is verified by conftest verify, strictly', () => {
    const args = ['verify', '--policy', '.', '--strict', '--output', 'json'];
    const { stdout, stderr, status, error } = spawnSync(CONFTEST, args, {
      cwd: written.folder,
      encoding: 'utf8',
      env: { HOME: written.bench.folder },
    });
    expect(error).toBe(undefined);
    expect(stderr).toBe('');
    const results = JSON.parse(stdout) as Array<{ successes: number; failures?: unknown }>;
    expect(results.map(({ successes, failures }) => [successes, failures])).toEqual([[1, undefined]]);
    expect(status).toBe(0);
  });
});
