// The policy reference is what the schema says, and its examples are policies.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compilePolicy } from '../../../compiler/index.ts';
import { renderPolicyReference } from '../../../compiler/schema/policy-reference.ts';

const page = renderPolicyReference();
const examples = Array.from(page.matchAll(/```yaml\n([\s\S]*?)```/g), ([, yaml = '']) => yaml);

test('docs/policy-reference.md is what the schema says; make docs writes it anew', () => {
  const file = path.resolve(import.meta.dirname, '../../../docs/policy-reference.md');
  expect(readFileSync(file, 'utf8')).toBe(page);
});

test('every example of the reference compiles', async () => {
  expect(examples.length).toBeGreaterThan(5);
  const files = examples.map((text, index) => ({
    name: `example-${index}.yaml`,
    text: `${text}\nserver: s${index}\n`,
  }));
  const result = await compilePolicy(files);
  expect(result.ok ? [] : result.diagnostics).toEqual([]);
});
