// Whatever a file holds, reading it ends soon, in a policy or in problems: never in an exception.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';

const FINANCE = readFileSync(
  path.resolve(import.meta.dirname, '../../../policies/finance/policy.yaml'),
  'utf8',
);

function read(text: string): number {
  return readPolicies([{ name: 'p.yaml', text }], {}).diagnostics.length;
}

test('any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => read(text) >= 0),
    { numRuns: 500 },
  );
});

test('a policy with a part cut out, doubled or replaced', () => {
  const place = fc.nat(FINANCE.length - 1);
  const insert = fc.oneof(
    fc.constantFrom('', ': ', '\n- ', '{', '"', '&a ', '*a', '!x ', '\t', '<<: ', '---\n'),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(
      place,
      fc.nat(40),
      insert,
      (at, length, text) => read(FINANCE.slice(0, at) + text + FINANCE.slice(at + length)) >= 0,
    ),
    { numRuns: 1000 },
  );
});

test.each([
  ['nested lists', `version: "1"\ndescription: ${'['.repeat(5000)}`],
  [
    'many keys',
    `version: "1"\ntools:\n${Array.from({ length: 5000 }, (_, index) => `  t${index}: {rules: []}\n`).join('')}`,
  ],
  ['a long line', `version: "1"\ndescription: "${'x'.repeat(1_000_000)}"\n`],
  ['a mistyped key of a megabyte', `version: "1"\n"${'x'.repeat(1_000_000)}": 1\n`],
])('%s are read in a few seconds', (_, text) => {
  const start = performance.now();
  expect(read(text)).toBeGreaterThanOrEqual(0);
  expect(performance.now() - start).toBeLessThan(5000);
});
