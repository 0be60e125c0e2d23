// The name under which a terminal's answers are kept.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { localPerson } from '../../../src/cli/commands/local-person.ts';

const BUILT = path.resolve(import.meta.dirname, '../../../dist/src/cli/commands/local-person.js');

test('is that of the user', () => {
  expect(localPerson()).toEqual({ name: `local:${userInfo().username}`, ownerOf: [] });
});

// Only root can start a process as a user that nobody has named.
test.runIf(process.getuid?.() === 0)('is a number where the user has no name, as in containers', () => {
  // That user may not be able to read the checkout.
  const input = `${readFileSync(BUILT, 'utf8')}\nconsole.log(localPerson().name);\n`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-'], {
    input,
    uid: 54_321,
    cwd: '/',
    encoding: 'utf8',
  });
  expect([stdout, stderr]).toEqual(['local:54321\n', '']);
});
