// What people are told of a file that cannot be read.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { whyUnreadable } from '../../src/cli/why-unreadable.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

test.each([
  ['that is not there', 'none', 'there is no such file'],
  ['that is a folder', '.', 'it is a folder'],
])('a file %s', (_, name, told) => {
  expect(() => readFileSync(path.join(temporaryFolder(), name))).toThrow(
    expect.toSatisfy((cause: unknown) => whyUnreadable(cause) === told),
  );
});

test('a file that others have closed; and whatever else the system says, in its own words', () => {
  expect(whyUnreadable(Object.assign(new Error('EACCES: …'), { code: 'EACCES' }))).toBe(
    'its permissions do not allow it',
  );
  expect(whyUnreadable(new Error('EIO: i/o error, read'))).toBe('EIO: i/o error, read');
  expect(whyUnreadable('odd')).toBe('odd');
});
