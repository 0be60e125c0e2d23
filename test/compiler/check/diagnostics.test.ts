// Problems of policies as users see them: all at once, in file order, with place, YAML path and suggestion.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compilePolicy, type PolicyFile } from '../../../compiler/index.ts';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';

const FOLDER = path.resolve(import.meta.dirname, '../golden/diagnostics');
const POLICY_FOLDER = path.resolve(import.meta.dirname, '../../../policies');

async function problemsOf(files: readonly PolicyFile[]): Promise<string> {
  const result = await compilePolicy(files);
  const lines = result.ok ? [] : result.diagnostics.map(formatDiagnostic);
  return lines.map((line) => `${line}\n`).join('');
}

function readFile(folder: string, name: string): PolicyFile {
  return { name, text: readFileSync(path.join(folder, name), 'utf8') };
}

describe('golden problems', () => {
  const cases = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
  test.each(cases)('%s', async (name) => {
    const golden = path.join(FOLDER, name.replace(/yaml$/, 'txt'));
    await expect(await problemsOf([readFile(FOLDER, name)])).toMatchFileSnapshot(golden);
  });
});

test('problems of several files come in the order in which the files were given', async () => {
  const text = 'version: "1"\ndefault: allow\ntools:\n  pay: {rules: []}\n';
  const problems = await problemsOf([
    { name: 'z.yaml', text },
    { name: 'a.yaml', text: text.replace('allow', 'deny') },
  ]);
  expect(problems).toBe(
    'a.yaml:2:1 contradiction  default is deny here and allow in z.yaml (default); one server has one default, which is deny where a file does not say\n' +
      'a.yaml:4:3 duplicate-tool  "pay" is listed in z.yaml already (tools.pay); keep its rules in one file\n',
  );
});

test('a file that does not say its default means deny, whatever another file says', async () => {
  const files = (texts: readonly string[]) =>
    texts.map((text, index) => ({ name: `${index}.yaml`, text: `version: "1"\n${text}` }));
  expect(await problemsOf(files(['default: allow\n', 'tools: {pay: {rules: []}}\n']))).toContain(
    '0.yaml:2:1 contradiction',
  );
  expect(await problemsOf(files(['tools: {pay: {rules: []}}\n', 'default: allow\n']))).toContain(
    '1.yaml:2:1 contradiction',
  );
  expect(await problemsOf(files(['tools: {pay: {rules: []}}\n', 'default: deny\n']))).toBe('');
});

const READY_MADE = readdirSync(POLICY_FOLDER).filter((name) => !name.endsWith('.md'));

test.each(READY_MADE)('the ready-made policy %s has no problems', async (name) => {
  expect(await problemsOf([readFile(path.join(POLICY_FOLDER, name), 'policy.yaml')])).toBe('');
});
