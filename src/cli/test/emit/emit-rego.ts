// `regent test --emit-rego`: writes what the cases have shown as Rego tests, for `opa test` beside the compiled Rego.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { snakeCase } from '../../../../compiler/generate/print/rule-sheet.ts';
import { formatRego } from '../../../../compiler/opa/opa-operations.ts';
import type { RegoModule } from '../../../../compiler/opa/run-opa.ts';
import { CliError } from '../../cli-error.ts';
import { countOf } from '../report/report-lines.ts';
import type { SuiteResult, TestRun } from '../test-result.ts';
import { emittedRows } from './emitted-row.ts';
import { printSuite } from './suite-rego.ts';

export interface EmittedRego {
  /** `NAME/NAME_test.rego`, formatted. */
  readonly modules: readonly RegoModule[];
  readonly decisions: number;
  /** Cases that failed, of which nothing is written. */
  readonly leftOut: number;
}

export async function emitRego(folder: string, run: TestRun): Promise<void> {
  const { modules, decisions, leftOut } = await printEmitted(run);
  for (const { path: name, text } of modules) await writeModule(path.join(folder, name), text);
  const left = leftOut === 0 ? '' : `; without ${countOf(leftOut, 'case')} that failed`;
  const written = `${countOf(decisions, 'decision')} in ${countOf(modules.length, 'Rego test')}`;
  console.error(`Wrote ${written} under ${folder}${left}`);
}

export async function printEmitted({ suites }: TestRun): Promise<EmittedRego> {
  const names = new Set<string>();
  const emitted = suites.flatMap((suite) => {
    const rows = emittedRows(suite);
    if (rows.length === 0) return [];
    const name = claimName(suite, names);
    return [{ path: `${name}/${name}_test.rego`, text: printSuite(name, casesFiles(suite), rows), rows }];
  });
  const formatted = await formatRego(emitted.map(({ path: file, text }) => ({ path: file, text })));
  if (!formatted.ok) {
    const [problem] = formatted.problems;
    throw new Error(`the Rego tests are not accepted: ${problem?.file}:${problem?.row}: ${problem?.message}`);
  }
  const cases = suites.flatMap(({ tests }) => tests.filter(({ kind }) => kind === 'case'));
  return {
    modules: formatted.modules,
    decisions: emitted.reduce((sum, { rows }) => sum + rows.length, 0),
    leftOut: cases.filter(({ status }) => status === 'failed').length,
  };
}

function casesFiles({ tests }: SuiteResult): string[] {
  const cases = tests.filter(({ kind }) => kind === 'case');
  return [...new Set(cases.map(({ position }) => path.basename(position.file)))];
}

/** `finance` for `finance/policy.yaml` and for `finance.yaml`. */
function claimName({ policies }: SuiteResult, taken: Set<string>): string {
  const stems = policies.map((file) => {
    const stem = path.basename(file).replace(/([._]?policy)?\.ya?ml$/, '');
    return stem === '' ? path.basename(path.dirname(path.resolve(file))) : stem;
  });
  const base = snakeCase([...new Set(stems)].join('_'), 'policy');
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`;
  taken.add(name);
  return name;
}

async function writeModule(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`${file} cannot be written: ${why}`, { cause });
  }
}
