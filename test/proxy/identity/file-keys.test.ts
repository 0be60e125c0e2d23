// The issuer's keys from a file: rotation by writing it anew, and what a bad file does.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileKeys } from '../../../src/proxy/identity/file-keys.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { createKey, keySet, sign, verify } from './issuer.ts';

const first = await createKey('ES256', 'first');
const second = await createKey('ES256', 'second');
const [byFirst, bySecond] = await Promise.all([sign(first), sign(second)]);

interface Watched {
  readonly file: string;
  readonly reports: string[];
  /** What becomes of tokens of the first and of the second key. */
  kinds(): Promise<string[]>;
}

function watch(text: string | null): Watched {
  const file = join(temporaryFolder(), 'jwks.json');
  if (text !== null) writeFileSync(file, text);
  const reports: string[] = [];
  const keys = fileKeys(file, (fault) => reports.push(fault));
  return {
    file,
    reports,
    kinds: async () =>
      Promise.all([byFirst, bySecond].map(async (token) => (await verify(keys, token)).kind)),
  };
}

test.each([
  ['written in place', (file: string, text: string) => writeFileSync(file, text)],
  [
    'replaced by another file',
    (file: string, text: string) => {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    },
  ],
])('keys come and go when the file is %s', async (_, write) => {
  const { file, kinds, reports } = watch(keySet(first));
  expect(await kinds()).toEqual(['agent', 'refused']);
  write(file, keySet(first, second));
  expect(await kinds()).toEqual(['agent', 'agent']);
  write(file, keySet(second));
  expect(await kinds()).toEqual(['refused', 'agent']);
  write(file, keySet());
  expect(await kinds()).toEqual(['refused', 'refused']);
  expect(reports).toEqual([]);
});

test.each([
  ['no JSON', (file: string) => writeFileSync(file, 'secret-in-a-file'), /it is not JSON/],
  ['half written', (file: string) => writeFileSync(file, keySet(second).slice(0, 50)), /it is not JSON/],
  ['something else', (file: string) => writeFileSync(file, '{"keys": 7}'), /malformed/],
  ['gone', (file: string) => rmSync(file), /ENOENT/],
])('the last good keys go on while the file is %s, and it is told once', async (_, damage, told) => {
  const { file, kinds, reports } = watch(keySet(first));
  expect(await kinds()).toEqual(['agent', 'refused']);
  damage(file);
  expect(await kinds()).toEqual(['agent', 'refused']);
  expect(await kinds()).toEqual(['agent', 'refused']);
  expect(reports).toEqual([expect.stringMatching(told)]);
  expect(reports[0]).not.toContain('secret');
  writeFileSync(file, keySet(second));
  expect(await kinds()).toEqual(['refused', 'agent']);
  damage(file);
  await kinds();
  expect(reports).toHaveLength(2);
});

test.each([
  ['missing', null],
  ['no JSON', '<html>'],
  ['something else', '[]'],
])('nobody can be told while the file is %s from the start', async (_, text) => {
  const { file, kinds, reports } = watch(text);
  expect(await kinds()).toEqual(['unavailable', 'unavailable']);
  writeFileSync(file, keySet(first));
  expect(await kinds()).toEqual(['agent', 'refused']);
  expect(reports).toEqual([]);
});
