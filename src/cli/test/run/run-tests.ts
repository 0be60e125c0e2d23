// Runs suites: compiled a few at a time, judged one after another on one store, then every decision asked of OPA too.
//
//   plans ──▶ compile ──▶ cases through judge and state ──┬──▶ OPA's interpreter ──▶ results
//                     └──▶ _test.rego by OPA's tester ────┘
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Diagnostic, sortDiagnostics } from '../../../../compiler/model/diagnostic.ts';
import type { OpaBinary } from '../../../../compiler/opa/binary/open-opa-binary.ts';
import { createResultRecorder } from '../../../proxy/result-recorder.ts';
import { createLogger } from '../../../telemetry/logger.ts';
import { coverSuites, type SuiteToCover } from '../coverage/cover-suites.ts';
import type { SuitePlan } from '../plan-suites.ts';
import type { SuiteResult, TestResult, TestRun } from '../test-result.ts';
import { createBoundedTasks, type RunTask } from './bounded-tasks.ts';
import { caseResult, type SourceFiles } from './case-result.ts';
import {
  type Compared,
  compareEvaluators,
  type DecisionsToCompare,
  type Difference,
} from './compare-evaluators.ts';
import { type OpenSuite, openSuite } from './open-suite.ts';
import type { CaseParts } from './run-case.ts';
import { type CaseRun, runCases } from './run-cases.ts';
import { NO_REGO_RUN, type RegoRun, runRegoTests } from './run-rego-tests.ts';
import { openTestState } from './test-state.ts';

export interface RunOptions {
  /** Only cases and Rego tests whose names it finds; null: all. */
  readonly filter: RegExp | null;
  /** null: it is not asked for. */
  readonly coverage: { readonly threshold: number | null } | null;
  /** Builds the policies and runs the Rego tests; null for the built-in OPA. */
  readonly opa: OpaBinary | null;
}

/** Throws where something could not be carried out; whatever is wrong with the files is part of the result. */
export async function runTests(plans: readonly SuitePlan[], options: RunOptions): Promise<TestRun> {
  const { filter, coverage } = options;
  const startMs = performance.now();
  const isChosen = ({ name }: { readonly name: string }): boolean => filter === null || filter.test(name);
  const state = await openTestState();
  const log = createLogger('error');
  const results = createResultRecorder({ store: state.store, now: Date.now, log });
  try {
    const runTask = createBoundedTasks(availableParallelism());
    const opened = plans.map((plan) => openPlan(plan, options, runTask));
    // All are awaited before anything is thrown.
    await Promise.allSettled(opened);
    const runs: SuiteRun[] = [];
    for (const suite of opened)
      runs.push(await runSuite(await suite, isChosen, { store: state.store, results, log }));
    const compared = await compareEvaluators(runs.map(decisionsOf), { runTask, coverage: coverage !== null });
    return {
      suites: runs.map((run, index) => suiteResult(run, compared[index]?.differences ?? [])),
      coverage:
        coverage === null
          ? null
          : { ...coverage, ...coverSuites(runs.map((run, index) => coveredSuite(run, compared[index]))) },
      durationMs: performance.now() - startMs,
    };
  } finally {
    await results.close();
    await state.close();
  }
}

interface OpenPlan {
  readonly plan: SuitePlan;
  /** null where no policy is tested, or none that compiles. */
  readonly suite: OpenSuite | null;
  readonly rego: RegoRun;
  /** Of the policies. */
  readonly problems: readonly Diagnostic[];
}

/** What needs OPA's compiler and tester. */
async function openPlan(plan: SuitePlan, { coverage, opa }: RunOptions, runTask: RunTask): Promise<OpenPlan> {
  const options = { wantsCoverage: coverage !== null, opa };
  if (plan.policies.length === 0) {
    const rego = await runTask(() => runRegoTests(plan, [], options));
    return { plan, suite: null, rego, problems: [] };
  }
  const suite = await runTask(() => openSuite(plan.policies, opa));
  if ('problems' in suite) return { plan, suite: null, rego: NO_REGO_RUN, problems: suite.problems };
  const rego = await runTask(() => runRegoTests(plan, suite.compiled.modules, options));
  return { plan, suite, rego, problems: [] };
}

interface SuiteRun extends OpenPlan {
  readonly runs: readonly CaseRun[];
  readonly notRun: number;
}

type IsChosen = (test: { readonly name: string }) => boolean;

async function runSuite(
  open: OpenPlan,
  isChosen: IsChosen,
  parts: Omit<CaseParts, 'policy'>,
): Promise<SuiteRun> {
  const rego = { ...open.rego, tests: open.rego.tests.filter(isChosen) };
  const cases = open.plan.cases.flatMap((file) => file.cases).filter(isChosen);
  if (open.suite === null) return { ...open, rego, runs: [], notRun: cases.length };
  const { runs, problems } = await runCases(cases, { ...parts, policy: open.suite.policy });
  return {
    ...open,
    rego,
    runs,
    problems: [...open.problems, ...problems],
    notRun: cases.length - runs.length,
  };
}

function coveredSuite({ plan, suite, rego, runs }: SuiteRun, compared: Compared | undefined): SuiteToCover {
  return {
    policies: plan.policies,
    sources: suite?.sources ?? [],
    custom: suite?.compiled.custom ?? [],
    decisions: runs.flatMap((run) => run.decisions),
    rego: [...rego.coverage, ...(compared?.coverage ?? [])],
  };
}

function decisionsOf({ suite, runs }: SuiteRun): DecisionsToCompare {
  return {
    modules: suite?.compiled.modules ?? [],
    decisions: runs.flatMap((run) => run.decisions),
  };
}

function suiteResult(run: SuiteRun, differences: readonly Difference[]): SuiteResult {
  const { plan, rego, notRun } = run;
  const sources = sourceFiles(run);
  let first = 0;
  const tests: TestResult[] = run.runs.map((one) => {
    const own = differences.slice(first, first + one.decisions.length);
    first += one.decisions.length;
    return caseResult(one, own, sources);
  });
  const files = [...plan.policies, ...plan.cases.map(({ file }) => file), ...plan.regoTests];
  const problems = sortDiagnostics([...plan.problems, ...run.problems, ...rego.problems], files);
  return { policies: plan.policies, problems, tests: [...tests, ...rego.tests], notRun };
}

/** Decisions name a policy by its file name alone, and a hand-written module by its path below the listed folder. */
function sourceFiles({ plan, suite }: SuiteRun): SourceFiles {
  const custom = suite?.compiled.custom ?? [];
  return new Map([
    ...custom.map(({ file }) => [file.path, file.name] as const),
    ...plan.policies.map((policy) => [path.basename(policy), policy] as const),
  ]);
}
