// `~` in files that no shell has seen: of an MCP client's configuration, of regent.yaml, and behind an equals sign.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expandHome } from '../../src/cli/home.ts';
import { createWorkbench, type Workbench } from './run-regent.ts';

/** Its folder is the home, too. */
let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
  bench.write('policy.yaml', 'version: "1"\ntools: {pay: {rules: []}}\n');
});
afterEach(() => bench.remove());

test('is the home only where it stands alone in front', () => {
  expect(['~x/a', './~/a', 'a~'].map(expandHome)).toEqual(['~x/a', './~/a', 'a~']);
});

test('a policy is read from the home', () => {
  expect(bench.run('eval', '-c', '~/policy.yaml', '--tool', 'pay')).toMatchObject({ status: 0 });
});

test.each([
  [['agents', 'add', 'bot', '--state=~/one.db'], 'one.db'],
  [['--config', '~/regent.yaml', '--', 'true'], 'two.db'],
])('%j keeps its state in the home, and makes no folder called ~', (args, file) => {
  bench.write('regent.yaml', 'policy: ~/policy.yaml\nstate: ~/two.db\n');
  expect(bench.run(...args)).toMatchObject({ status: 0 });
  expect(existsSync(path.join(bench.folder, file))).toBe(true);
  expect(readdirSync(bench.folder)).not.toContain('~');
});
