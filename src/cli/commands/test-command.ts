// `regent test`: runs the cases and Rego tests of policies, and prints what came of them.
import { CliError } from '../cli-error.ts';
import { chooseOpa } from '../policy/choose-opa.ts';
import { findPolicyFiles } from '../policy/policy-sources.ts';
import { printOut } from '../print-out.ts';
import { reportFailure } from '../report-failure.ts';
import { emitRego } from '../test/emit/emit-rego.ts';
import { findFiles } from '../test/find-files.ts';
import { planSuites } from '../test/plan-suites.ts';
import { wantsColours } from '../test/report/colours.ts';
import { findPrefix } from '../test/report/from-root.ts';
import type { ReportFormat } from '../test/report/report-formats.ts';
import { REPORTERS } from '../test/report/reporters.ts';
import { type RunOptions, runTests } from '../test/run/run-tests.ts';
import { hasPassed, type TestRun } from '../test/test-result.ts';
import { watchTests } from '../test/watch-tests.ts';
import { readVersion } from '../version.ts';

export interface TestFlags {
  readonly format: ReportFormat;
  readonly run?: string;
  readonly coverage?: true;
  readonly threshold?: string;
  readonly emitRego?: string;
  readonly watch?: true;
  readonly opa?: string;
}

/** Exit code 1 where a test fails, a file has problems, or too few rules are exercised. */
export async function testPolicies(paths: readonly string[], flags: TestFlags): Promise<void> {
  const options = await readOptions(flags);
  if (flags.watch !== true) {
    const run = await testOnce(paths, flags, options);
    if (!hasPassed(run)) process.exitCode = 1;
    return;
  }
  await watchTests({
    files: () => watchedFiles(paths),
    run: async () => void (await testOnce(paths, flags, options)),
    report: reportFailure,
  });
}

async function testOnce(paths: readonly string[], flags: TestFlags, options: RunOptions): Promise<TestRun> {
  const { filter } = options;
  const plans = planSuites(findFiles(paths));
  if (plans.length === 0) {
    throw new CliError(
      `there is nothing to test in ${paths.join(', ')}: no policy, no cases.yaml, no _test.rego`,
    );
  }
  const run = await runTests(plans, options);
  const hasRun = run.suites.some(({ tests, problems }) => tests.length + problems.length > 0);
  if (filter !== null && !hasRun) throw new CliError(`--run ${filter}: no test has such a name`);
  const shown = { hasColours: wantsColours(), prefix: findPrefix(), version: readVersion() };
  printOut(REPORTERS[flags.format](run, shown));
  if (flags.emitRego !== undefined) await emitRego(flags.emitRego, run);
  return run;
}

/** Cases may name policies that lie elsewhere, and so may policies their Rego. */
async function watchedFiles(paths: readonly string[]): Promise<string[]> {
  const found = findFiles(paths);
  const policies = planSuites(found).flatMap((plan) => plan.policies);
  return [...found.map(({ file }) => file), ...(await findPolicyFiles(policies))];
}

async function readOptions({ run, coverage, threshold, opa }: TestFlags): Promise<RunOptions> {
  const percent = threshold === undefined ? null : readThreshold(threshold);
  return {
    filter: run === undefined ? null : readFilter(run),
    coverage: coverage === true || percent !== null ? { threshold: percent } : null,
    opa: await chooseOpa(opa),
  };
}

function readThreshold(text: string): number {
  const percent = /^\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (percent <= 100) return percent;
  throw new CliError(`--threshold ${JSON.stringify(text)} is no percentage from 0 to 100`);
}

function readFilter(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new CliError(`--run ${JSON.stringify(text)} is no regular expression`, { cause });
  }
}
