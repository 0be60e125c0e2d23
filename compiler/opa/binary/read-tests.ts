// The tests that `opa test --format json` tells of, as the built-in tester tells them.
import { OpaError, type OpaTest } from '../run-opa.ts';
import type { SourceFolder } from './source-folder.ts';

interface JsonTest {
  readonly location?: { readonly file?: string; readonly row?: number };
  readonly package?: string;
  readonly name?: string;
  readonly fail?: boolean;
  readonly skip?: boolean;
  readonly error?: { readonly message?: string } | null;
  readonly sub_results?: Readonly<Record<string, { readonly fail?: boolean }>> | null;
}

export function readTests(stdout: string, folder: SourceFolder): OpaTest[] {
  return parse(stdout).flatMap((test) => {
    const { location = {}, fail = false, skip = false, error = null, sub_results } = test;
    const { package: pack = '', name = '' } = test;
    const base = {
      file: folder.pathOf(location.file ?? ''),
      row: location.row ?? 0,
      package: pack,
      ...(error === null ? {} : { message: error.message ?? 'the test ended with an error' }),
    };
    const cases = Object.entries(sub_results ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    if (cases.length === 0) return [{ ...base, name, passed: !fail && !skip && error === null }];
    return cases.map(([note, one]) => ({ ...base, name: `${name}/${note}`, passed: one.fail !== true }));
  });
}

/** `null` where there are no tests. */
function parse(stdout: string): readonly JsonTest[] {
  try {
    const tests = JSON.parse(stdout) as unknown;
    if (tests === null) return [];
    if (Array.isArray(tests)) return tests;
  } catch (cause) {
    throw new OpaError('bad-answer', 'opa test gave an answer that is not JSON', cause);
  }
  throw new OpaError('bad-answer', 'opa test gave no list of tests');
}
