// Which expressions a policy may hold: what OPA's WebAssembly cannot run would silently match nothing.
import { expect, test } from 'vitest';
import type { Schema } from '../../../compiler/model/policy.ts';
import { checkPatterns } from '../../../compiler/opa/opa-operations.ts';
import { compileForTest } from '../generate/evaluate-policy.ts';
import { makeEntry, makePolicy, SOMEWHERE } from '../generate/make-policy.ts';

const TAKEN = [
  '(?P<year>\\d{4})',
  '\\(\\?<name>',
  '[(?<]',
  '[](?<]',
  '[^](?<]',
  '[[:alpha:](?<]',
  '\\Q(?<n>\\p{Letter}\\E',
  '\\\\p{Letter}',
  '\\pL\\PN',
  '[\\p{Greek}\\P{^Lu}]',
  '\\p{Any}',
  '(?i)straße',
];

const REFUSED: ReadonlyArray<readonly [pattern: string, why: string]> = [
  ['(?<year>\\d{4})', 'a named group is written (?P<name>…)'],
  ['[a]\\[(?<n>a)', 'a named group is written (?P<name>…)'],
  ['\\p{Letter}', 'unknown character class "Letter"; RE2 writes them as \\pL or \\p{Greek}'],
  ['[^\\P{^greek}]', 'unknown character class "greek"; RE2 writes them as \\pL or \\p{Greek}'],
  ['a|\\p{Kawi}', 'unknown character class "Kawi"; RE2 writes them as \\pL or \\p{Greek}'],
  ['(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
];

test('says what is wrong with each expression that the WebAssembly does not take', async () => {
  const patterns = [...TAKEN, ...REFUSED.map(([pattern]) => pattern)];
  expect(await checkPatterns(patterns)).toEqual([...TAKEN.map(() => null), ...REFUSED.map(([, why]) => why)]);
});

test('the WebAssembly runs each expression that is taken, and none that is refused', async () => {
  const patterns = [...TAKEN, ...REFUSED.map(([pattern]) => pattern)];
  const tools = patterns.map((pattern, index) => {
    // One of the two holds of every text, if only the expression can be run.
    const schema: Schema = { anyOf: [{ pattern }, { not: { pattern } }] };
    return makeEntry(`t${index}`, [
      { arguments: [{ path: ['x'], pathText: 'x', schema, position: SOMEWHERE }] },
    ]);
  });
  const policy = await compileForTest([makePolicy({ tools })]);
  const outcomes = patterns.map(
    (_, index) => policy.decide({ tool: `t${index}`, arguments: { x: 'a' } }).outcome,
  );
  expect(outcomes).toEqual([...TAKEN.map(() => 'allow'), ...REFUSED.map(() => 'deny')]);
});
