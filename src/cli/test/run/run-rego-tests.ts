// Runs the `_test.rego` of a suite by OPA's own tester, together with the Rego of its policies.
import { readFile } from 'node:fs/promises';
import type { Diagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { OpaBinary } from '../../../../compiler/opa/binary/open-opa-binary.ts';
import { testRego } from '../../../../compiler/opa/opa-operations.ts';
import type { OpaCoverage, OpaTest, RegoModule } from '../../../../compiler/opa/run-opa.ts';
import { CliError } from '../../cli-error.ts';
import { whyUnreadable } from '../../why-unreadable.ts';
import type { SuitePlan } from '../plan-suites.ts';
import type { TestResult } from '../test-result.ts';
import { regoProblem } from './suite-problem.ts';

export interface RegoRun {
  readonly tests: readonly TestResult[];
  readonly problems: readonly Diagnostic[];
  readonly coverage: readonly OpaCoverage[];
}

export const NO_REGO_RUN: RegoRun = { tests: [], problems: [], coverage: [] };

/** People write these: some never end. */
const DEADLINE_MS = 120_000;

export interface RegoRunOptions {
  readonly wantsCoverage: boolean;
  /** Null for the built-in OPA. */
  readonly opa: OpaBinary | null;
}

/** `compiled` is the Rego of the policies, hand-written and generated. */
export async function runRegoTests(
  { regoTests, rego }: SuitePlan,
  compiled: readonly RegoModule[],
  { wantsCoverage, opa }: RegoRunOptions,
): Promise<RegoRun> {
  if (regoTests.length === 0) return NO_REGO_RUN;
  const known = new Set(compiled.map(packageOf));
  // What a policy has made part of its bundle lies beside the tests too: it counts once.
  const beside = (await readModules(rego)).filter((module) => !known.has(packageOf(module)));
  const modules = [...compiled, ...beside, ...(await readModules(regoTests))];
  const result = await testRego(modules, { coverage: wantsCoverage, deadlineMs: DEADLINE_MS }, opa?.run);
  if (!result.ok) return { ...NO_REGO_RUN, problems: result.problems.map(regoProblem) };
  return { tests: result.tests.map(regoResult), problems: [], coverage: result.coverage };
}

function readModules(files: readonly string[]): Promise<RegoModule[]> {
  return Promise.all(files.map(async (file) => ({ path: file, text: await readText(file) })));
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(`the Rego in ${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  });
}

function packageOf({ text }: RegoModule): string {
  return /^package\s+([^\s#]+)/m.exec(text)?.[1] ?? '';
}

function regoResult({ file, row, package: pack, name, passed, message }: OpaTest): TestResult {
  const position = { file, line: row, column: 1 };
  return {
    kind: 'rego',
    name: `${pack.replace(/^data\./, '')}.${name}`,
    position,
    status: passed ? 'passed' : 'failed',
    durationMs: 0,
    failures: passed ? [] : [{ kind: 'note', position, message: message ?? 'the test is not true' }],
    decisions: [],
  };
}
