// The table of problems is whole and true: each example has its problem and no other.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';
import { compilePolicy } from '../../../compiler/index.ts';
import {
  type CodeDoc,
  DIAGNOSTIC_CODES,
  type DiagnosticCode,
} from '../../../compiler/schema/diagnostic-codes.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../compiler');

async function codesOf(code: string, { example, rego: text }: CodeDoc): Promise<string[]> {
  const name = 'rules.rego';
  const rego = text === undefined ? [] : [{ listed: name, files: [{ name, path: name, text }], fault: null }];
  const files = [{ name: 'example.yaml', text: example, rego }];
  if (code === 'duplicate-tool') files.push({ name: 'other.yaml', text: example, rego });
  if (code !== 'bad-pattern' && text === undefined)
    return readPolicies(files, {}).diagnostics.map((diagnostic) => diagnostic.code);
  const result = await compilePolicy(files);
  return result.ok ? [] : result.diagnostics.map((diagnostic) => diagnostic.code);
}

describe('each problem of the table', () => {
  test.each(Object.entries(DIAGNOSTIC_CODES))(
    '%s is what its example has, and nothing else',
    async (code, doc) => {
      expect(await codesOf(code, doc)).toEqual([code]);
    },
  );
});

test('no problem is missing from the table', () => {
  const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(check|parse)\/.*\.ts$/.test(name) || name === 'compile-files.ts')
    .map((name) => readFileSync(path.join(ROOT, name), 'utf8'));
  const used = sources.flatMap((text) =>
    Array.from(
      text.matchAll(/(?:problem\(\s*|report\(\s*|code: )'([a-z-]+)'/g),
      ([, code]) => code as DiagnosticCode,
    ),
  );
  expect(new Set(used)).toEqual(new Set(Object.keys(DIAGNOSTIC_CODES)));
});
