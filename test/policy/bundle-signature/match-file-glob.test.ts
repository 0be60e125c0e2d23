// Globs of files that need not be signed, as Go's path.Match reads them.
import { expect, test } from 'vitest';
import { compileFileGlob } from '../../../src/policy/bundle-signature/match-file-glob.ts';

test.each([
  ['data.json', 'data.json', true],
  ['data.json', 'dataxjson', false],
  ['*.rego', 'x.rego', true],
  ['*.rego', 'a/x.rego', false],
  ['*/*.rego', 'a/x.rego', true],
  ['?.rego', 'x.rego', true],
  ['?.rego', '/.rego', false],
  ['[a-c].rego', 'b.rego', true],
  ['[a-c].rego', 'd.rego', false],
  ['[^a-c].rego', 'd.rego', true],
  ['[^a-c].rego', 'b.rego', false],
  ['[[]x', '[x', true],
  ['\\*.rego', '*.rego', true],
  ['\\*.rego', 'x.rego', false],
  ['a+(b)|c$', 'a+(b)|c$', true],
  ['a-b', 'a-b', true],
  ['.*', '.manifest', true],
  ['😀?', '😀x', true],
  ['*', '', true],
  ['', 'x', false],
])('%j matches %j: %s', (glob, name, isMatch) => {
  expect(compileFileGlob(glob)?.test(name)).toBe(isMatch);
});

test.each(['[', '[]', '[a', 'a\\', '[z-a]'])('%j is no glob', (glob) => {
  expect(compileFileGlob(glob)).toBeNull();
});
