// What Regent asks of OPA, each as one function.
import {
  type InspectedRego,
  type OpaCoverage,
  OpaError,
  type OpaEvaluation,
  type OpaProblem,
  type OpaRunner,
  type OpaTest,
  type OpaValue,
  type RegoModule,
  runOpa,
} from './run-opa.ts';

export interface BuildRequest {
  readonly modules: readonly RegoModule[];
  readonly data: object;
  /** Evaluated by these names, in this order. */
  readonly entrypoints: readonly string[];
  readonly revision: string;
  readonly metadata: object;
  /** RE2 expressions to check in the same run. */
  readonly patterns?: readonly string[];
}

export type PatternErrors = ReadonlyArray<string | null>;

export type BuildResult =
  | {
      readonly ok: true;
      readonly bundle: Buffer;
      readonly patternErrors: PatternErrors;
    }
  | { readonly ok: false; readonly problems: readonly OpaProblem[]; readonly patternErrors: PatternErrors };

/** A bundle with policy.wasm; equal requests give equal bytes. Throws `OpaError`. */
export async function buildBundle(request: BuildRequest, run: OpaRunner = runOpa): Promise<BuildResult> {
  const { problems = [], bundle, patternErrors = [] } = await run({ operation: 'build', ...request });
  if (problems.length > 0) return { ok: false, problems, patternErrors };
  if (bundle === undefined) throw new OpaError('bad-answer', 'OPA built nothing and named no problem');
  return { ok: true, bundle: Buffer.from(bundle, 'base64'), patternErrors };
}

export interface InspectRequest {
  /** What the hand-written modules may import. */
  readonly modules: readonly RegoModule[];
  readonly custom: readonly RegoModule[];
  /** RE2 expressions to check in the same run. */
  readonly patterns: readonly string[];
}

export interface InspectResult {
  /** Empty where there are problems. */
  readonly custom: readonly InspectedRego[];
  readonly problems: readonly OpaProblem[];
  readonly patternErrors: PatternErrors;
}

/** Checks hand-written modules, and tells what joining them to a policy takes. */
export async function inspectRego(request: InspectRequest): Promise<InspectResult> {
  const {
    custom = [],
    problems = [],
    patternErrors = [],
  } = await runOpa({ operation: 'inspect', ...request });
  return { custom, problems, patternErrors };
}

/** For each pattern null, or what RE2 says against it. */
export async function checkPatterns(
  patterns: readonly string[],
  run: OpaRunner = runOpa,
): Promise<PatternErrors> {
  return (await run({ operation: 'patterns', patterns })).patternErrors ?? [];
}

export type FormatResult =
  | { readonly ok: true; readonly modules: readonly RegoModule[] }
  | { readonly ok: false; readonly problems: readonly OpaProblem[] };

export async function formatRego(
  modules: readonly RegoModule[],
  run: OpaRunner = runOpa,
): Promise<FormatResult> {
  const { problems = [], modules: formatted = [] } = await run({ operation: 'format', modules });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, modules: formatted };
}

/** As `opa check --strict`; empty where all is well. */
export async function checkRego(
  modules: readonly RegoModule[],
  run: OpaRunner = runOpa,
): Promise<readonly OpaProblem[]> {
  return (await run({ operation: 'check', modules })).problems ?? [];
}

export type TestResult =
  | {
      readonly ok: true;
      readonly tests: readonly OpaTest[];
      /** Of the modules that are no tests; empty unless asked for. */
      readonly coverage: readonly OpaCoverage[];
    }
  | { readonly ok: false; readonly problems: readonly OpaProblem[] };

export interface RunningOptions {
  readonly coverage?: boolean;
  readonly deadlineMs?: number;
}

/** Runs the `test_` rules of the modules; cases of table tests are told one by one. */
export async function testRego(
  modules: readonly RegoModule[],
  options: RunningOptions = {},
  run: OpaRunner = runOpa,
): Promise<TestResult> {
  const answer = await run({ operation: 'test', modules, ...options });
  const { problems = [], tests = [], coverage = [] } = answer;
  return problems.length > 0 ? { ok: false, problems } : { ok: true, tests, coverage };
}

export type Evaluated =
  | { readonly ok: true; readonly values: readonly OpaValue[]; readonly coverage: readonly OpaCoverage[] }
  | { readonly ok: false; readonly problems: readonly OpaProblem[] };

/** By OPA's own interpreter; the answers stand beside what was asked, and values beside their inputs. */
export async function evaluateRego(
  evaluations: readonly OpaEvaluation[],
  options: RunningOptions = {},
): Promise<readonly Evaluated[]> {
  const { problems = [], evaluations: answers = [] } = await runOpa({
    operation: 'eval',
    evaluations,
    ...options,
  });
  const [problem] = problems;
  if (problem !== undefined || answers.length !== evaluations.length)
    throw new OpaError('bad-answer', `OPA could not evaluate: ${problem?.message ?? 'answers are missing'}`);
  return answers.map(({ problems: wrong = [], values = [], coverage = [] }) =>
    wrong.length > 0 ? { ok: false, problems: wrong } : { ok: true, values, coverage },
  );
}

/** How many look-ups OPA's planner makes by table; a dispatch that fell back to trying every tool lowers it. */
export async function countDynamicCalls(
  modules: readonly RegoModule[],
  entrypoints: readonly string[],
): Promise<number> {
  const { problems = [], dynamicCalls = 0 } = await runOpa({ operation: 'plan', modules, entrypoints });
  const [problem] = problems;
  if (problem !== undefined)
    throw new OpaError('bad-answer', `${problem.file}:${problem.row}: ${problem.message}`);
  return dynamicCalls;
}
