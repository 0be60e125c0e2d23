// What a newcomer runs first.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { shareBundles } from '../fixtures/share-bundles.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

const DEMO = path.resolve(import.meta.dirname, '../../dist/test/demo/run-demo.js');

test('everything in the demo comes as announced', { timeout: 180_000 }, () => {
  const home = temporaryFolder();
  shareBundles(home);
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO], {
    encoding: 'utf8',
    env: { ...process.env, HOME: home },
  });
  expect([stdout.trimEnd().split('\n').slice(-1), stderr, status]).toEqual([
    ['Everything came as announced.'],
    '',
    0,
  ]);
});
