// docs/testing.md: its tables are those that the reader uses, and its example does what it says.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { KeyTable } from '../../compiler/schema/grammar.ts';
import { CASE_TABLES } from '../../src/cli/test/cases/case-keys.ts';
import { createWorkbench } from '../cli/run-regent.ts';

vi.setConfig({ testTimeout: 120_000 });

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../docs/testing.md'), 'utf8');
const bench = createWorkbench();
afterAll(bench.remove);

function blocksOf(language: string): string[] {
  const blocks = PAGE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'));
  return Array.from(blocks, ([, text = '']) => text);
}

function tableOf(table: KeyTable): string {
  const rows = Object.entries(table).map(([key, doc]) => `| \`${key}\` | ${doc.form} | ${doc.meaning} |`);
  return ['| key | value | meaning |', '|---|---|---|', ...rows].join('\n');
}

test.each(CASE_TABLES)('the table of %s is that of the code', (_, table) => {
  expect(PAGE).toContain(tableOf(table));
});

test('the example prints what the page shows', () => {
  const [policy = '', cases = ''] = blocksOf('yaml');
  const [shown = ''] = blocksOf('text');
  const [rego = ''] = blocksOf('rego');
  bench.write('policy.yaml', policy);
  bench.write('cases.yaml', cases);
  const { status, stdout } = bench.run('test');
  expect([status, withoutTimes(stdout)]).toEqual([1, withoutTimes(shown)]);
  writeFileSync(path.join(bench.folder, 'policy_test.rego'), rego);
  expect(bench.run('test', 'policy_test.rego').stdout).toContain('✓ policy_test.rego  1 passed');
});

function withoutTimes(text: string): string {
  return text.replaceAll(/\d+(\.\d+)? m?s$/gm, 'TIME');
}
