// Runs suites: compiled and judged one after another, then every decision compared by one process of OPA's.
//
//   plans ──▶ compile ──▶ cases through judge and state ──┬──▶ OPA's interpreter ──▶ results
//                     └──▶ _test.rego by OPA's tester ────┘
import { performance } from 'node:perf_hooks';
import { sortDiagnostics } from '../../../../compiler/model/diagnostic.ts';
import type { RegoModule } from '../../../../compiler/opa/run-opa.ts';
import { createResultRecorder } from '../../../proxy/result-recorder.ts';
import { createLogger } from '../../../telemetry/logger.ts';
import type { TestCase } from '../cases/test-case.ts';
import type { SuitePlan } from '../plan-suites.ts';
import type { SuiteResult, TestResult, TestRun } from '../test-result.ts';
import { caseResult } from './case-result.ts';
import { compareEvaluators, type Difference } from './compare-evaluators.ts';
import { openSuite } from './open-suite.ts';
import type { CaseParts } from './run-case.ts';
import { type CasesRun, runCases } from './run-cases.ts';
import { type RegoRun, runRegoTests } from './run-rego-tests.ts';
import { openTestState } from './test-state.ts';

export interface RunOptions {
  /** Only cases and Rego tests whose names it finds; null: all. */
  readonly filter: RegExp | null;
}

/** Throws where something could not be carried out; whatever is wrong with the files is part of the result. */
export async function runTests(plans: readonly SuitePlan[], { filter }: RunOptions): Promise<TestRun> {
  const startMs = performance.now();
  const isChosen = ({ name }: { readonly name: string }): boolean => filter === null || filter.test(name);
  const state = await openTestState();
  const log = createLogger('error');
  const results = createResultRecorder({ store: state.store, now: Date.now, log });
  try {
    const runs: SuiteRun[] = [];
    for (const plan of plans) runs.push(await runSuite(plan, isChosen, { store: state.store, results, log }));
    const differences = await compareEvaluators(runs.map(decisionsOf));
    const suites = runs.map((run, index) => suiteResult(run, differences[index] ?? []));
    return { suites, durationMs: performance.now() - startMs };
  } finally {
    await results.close();
    await state.close();
  }
}

interface SuiteRun {
  readonly plan: SuitePlan;
  readonly modules: readonly RegoModule[];
  readonly cases: CasesRun;
  readonly rego: RegoRun;
  readonly notRun: number;
}

type IsChosen = (test: { readonly name: string }) => boolean;

async function runSuite(
  plan: SuitePlan,
  isChosen: IsChosen,
  parts: Omit<CaseParts, 'policy'>,
): Promise<SuiteRun> {
  const cases = plan.cases.flatMap((file) => file.cases).filter(isChosen);
  if (plan.policies.length === 0) {
    const rego = await runRegoTests(plan, []);
    return notJudged(plan, { cases, rego: onlyChosen(rego, isChosen), problems: [] });
  }
  const suite = await openSuite(plan.policies);
  if ('problems' in suite)
    return notJudged(plan, { cases, rego: { tests: [], problems: [] }, problems: suite.problems });
  const { modules } = suite.compiled;
  const [ran, rego] = await Promise.all([
    runCases(cases, { ...parts, policy: suite.policy }),
    runRegoTests(plan, modules),
  ]);
  const notRun = cases.length - ran.runs.length;
  return { plan, modules, cases: ran, rego: onlyChosen(rego, isChosen), notRun };
}

function notJudged(
  plan: SuitePlan,
  {
    cases,
    rego,
    problems,
  }: {
    readonly cases: readonly TestCase[];
    readonly rego: RegoRun;
    readonly problems: CasesRun['problems'];
  },
): SuiteRun {
  return { plan, modules: [], cases: { runs: [], problems }, rego, notRun: cases.length };
}

function onlyChosen(rego: RegoRun, isChosen: IsChosen): RegoRun {
  return { ...rego, tests: rego.tests.filter(isChosen) };
}

function decisionsOf({ modules, cases }: SuiteRun) {
  return { modules, decisions: cases.runs.flatMap((run) => run.decisions) };
}

function suiteResult(run: SuiteRun, differences: readonly Difference[]): SuiteResult {
  const { plan, cases, rego, notRun } = run;
  let first = 0;
  const tests: TestResult[] = cases.runs.map((one) => {
    const own = differences.slice(first, first + one.decisions.length);
    first += one.decisions.length;
    return caseResult(one, own);
  });
  const files = [...plan.policies, ...plan.cases.map(({ file }) => file), ...plan.regoTests];
  const problems = sortDiagnostics([...plan.problems, ...cases.problems, ...rego.problems], files);
  return { policies: plan.policies, problems, tests: [...tests, ...rego.tests], notRun };
}
