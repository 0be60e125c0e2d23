// Globs match whole names as a regular expression would, and never take exponential time.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob } from '../../../compiler/model/match-glob.ts';

describe('a glob', () => {
  test.each([
    ['delete_*', 'delete_', true],
    ['delete_*', 'xdelete_a', false],
    ['*', '', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a?c', 'a\u{1F600}c', true],
    ['a*c', 'a\n/c', true],
    ['a.c', 'abc', false],
    ['A*', 'ab', false],
    ['*a*b', 'xaxbxb', true],
    ['*a*b', 'xaxbx', false],
  ])('%j and the name %j: %j', (glob, name, expected) => {
    expect(compileGlob(glob)(name)).toBe(expected);
  });

  test('matches as the regular expression that says the same', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n', '\u{1F600}'), maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(glob, text, (signs, name) => {
        const source = signs.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll('*', '.*');
        expect(compileGlob(signs)(name)).toBe(new RegExp(`^${source}$`, 'su').test(name));
      }),
      { numRuns: 2000 },
    );
  });

  test('with forty stars answers at once, whatever the name', () => {
    const start = performance.now();
    expect(compileGlob(`${'*a'.repeat(40)}*b`)('a'.repeat(10_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
