// Whatever a file holds, reading it ends soon, in a policy or in problems: never in an exception.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { DIAGNOSTIC_CODES } from '../../../compiler/schema/diagnostic-codes.ts';

const FINANCE = readFileSync(
  path.resolve(import.meta.dirname, '../../../policies/finance/policy.yaml'),
  'utf8',
);

/** The number of problems, each of which must be one readable line about a place in the file. */
function read(text: string): number {
  const { diagnostics } = readPolicies([{ name: 'p.yaml', text }], {});
  const lines = text.split('\n').length;
  for (const diagnostic of diagnostics) {
    const { code, position } = diagnostic;
    if (
      !Object.hasOwn(DIAGNOSTIC_CODES, code) ||
      position.line < 1 ||
      position.line > lines ||
      position.column < 1
    )
      throw new Error(`no such code or place: ${formatDiagnostic(diagnostic)}`);
    if (/[\p{Cc}\p{Bidi_Control}]/u.test(formatDiagnostic(diagnostic)))
      throw new Error(`not one readable line: ${JSON.stringify(diagnostic)}`);
  }
  return diagnostics.length;
}

test('any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => read(text) >= 0),
    { numRuns: 500 },
  );
});

test('a quote that is never closed, where a list is expected', () => {
  expect(read(FINANCE.replace('rules:', "rules: '"))).toBeGreaterThan(0);
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

const repeat = (times: number, print: (index: number) => string): string =>
  Array.from({ length: times }, (_, index) => print(index)).join('');
const HEAD = 'version: "1"\n';

test.each([
  ['nested lists', `${HEAD}description: ${'['.repeat(5000)}`],
  ['nesting that ends the stack of the parser', '['.repeat(200_000)],
  ['more than any policy holds', repeat(3000, (index) => `${' '.repeat(index)}a:\n`)],
  ['many tools', `${HEAD}tools:\n${repeat(5000, (index) => `  t${index}: {rules: []}\n`)}`],
  ['a long line', `${HEAD}description: "${'x'.repeat(1_000_000)}"\n`],
  ['a mistyped key of a megabyte', `${HEAD}"${'x'.repeat(1_000_000)}": 1\n`],
  [
    'many aliases of one list',
    `${HEAD}hide: &h [a]\nagents:\n${repeat(5_000, (n) => `  a${n}: {tools: *h}\n`)}`,
  ],
  ['many errors on one line', `[${','.repeat(20_000)}`],
  ['many broken lines', `${HEAD}description: "${'a\n'.repeat(20_000)}"`],
  ['many hidden names', `${HEAD}hide: [${repeat(20_000, (index) => `t${index},`)}]\n`],
  [
    'many grants of what is not listed',
    `${HEAD}agents: {a: {tools: [${repeat(10_000, (n) => `t${n},`)}]}}\ntools: {${repeat(300, (n) => `"x${n}*": {rules: []},`)}}\n`,
  ],
  [
    'a glob of many stars',
    `${HEAD}agents: {a: {tools: [${'a'.repeat(128)}]}}\ntools: {"${'*a'.repeat(40)}*b": {rules: []}}\n`,
  ],
])('%s: read in a few seconds', (_, text) => {
  const start = performance.now();
  expect(read(text)).toBeGreaterThanOrEqual(0);
  expect(performance.now() - start).toBeLessThan(5000);
});
