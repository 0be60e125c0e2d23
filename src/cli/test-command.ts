// `regent test`: runs the cases and Rego tests of policies, and prints what came of them.
import { chooseOpa } from './choose-opa.ts';
import { CliError } from './cli-error.ts';
import { printOut } from './print-out.ts';
import { findFiles } from './test/find-files.ts';
import { planSuites } from './test/plan-suites.ts';
import { wantsColours } from './test/report/colours.ts';
import type { ReportFormat } from './test/report/report-formats.ts';
import { REPORTERS } from './test/report/reporters.ts';
import { runTests } from './test/run/run-tests.ts';
import { hasPassed } from './test/test-result.ts';

export interface TestFlags {
  readonly format: ReportFormat;
  readonly run?: string;
  readonly opa?: string;
}

/** Exit code 1 where a test fails or a file has problems. */
export async function testPolicies(paths: readonly string[], flags: TestFlags): Promise<void> {
  const filter = flags.run === undefined ? null : readFilter(flags.run);
  const plans = planSuites(findFiles(paths));
  if (plans.length === 0) {
    throw new CliError(
      `there is nothing to test in ${paths.join(', ')}: no policy, no cases.yaml, no _test.rego`,
    );
  }
  const run = await runTests(plans, { filter, opa: await chooseOpa(flags.opa) });
  const hasRun = run.suites.some(({ tests, problems }) => tests.length + problems.length > 0);
  if (filter !== null && !hasRun) throw new CliError(`--run ${filter}: no test has such a name`);
  printOut(REPORTERS[flags.format](run, { hasColours: wantsColours() }));
  if (!hasPassed(run)) process.exitCode = 1;
}

function readFilter(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new CliError(`--run ${JSON.stringify(text)} is no regular expression`, { cause });
  }
}
