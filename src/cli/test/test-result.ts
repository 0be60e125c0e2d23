// What came of a run: the one type that every report is made from.
import type { Diagnostic } from '../../../compiler/model/diagnostic.ts';
import type { Position } from '../../../compiler/model/policy.ts';

export interface TestRun {
  readonly suites: readonly SuiteResult[];
  readonly durationMs: number;
}

/** Policies that make one bundle, and all that was tested with them. */
export interface SuiteResult {
  /** Their files; empty where Rego was tested without policies. */
  readonly policies: readonly string[];
  /** Of policies, cases files and Rego; any of them is a failure. What they touch was not run. */
  readonly problems: readonly Diagnostic[];
  /** In the order of their files and places. */
  readonly tests: readonly TestResult[];
  /** Cases that problems kept from running. */
  readonly notRun: number;
}

export interface TestResult {
  readonly kind: 'case' | 'rego';
  readonly name: string;
  readonly position: Position;
  readonly status: 'passed' | 'failed';
  readonly durationMs: number;
  /** Empty where it passed. */
  readonly failures: readonly TestFailure[];
  /** Of a case: every decision that was made for it, in order. */
  readonly decisions: readonly MadeDecision[];
}

/** As the journal holds it. */
export interface MadeDecision {
  /** Of the step. */
  readonly position: Position;
  /** JSON texts. The input is `null` where the policy was not asked. */
  readonly input: string;
  readonly output: string;
}

export type TestFailure = UnexpectedDecision | EvaluatorDifference | FailureNote;

/** The decision is another one than the case expects. */
export interface UnexpectedDecision {
  readonly kind: 'unexpected';
  readonly position: Position;
  /** Which calls of the case, where it makes several: `step 2, calls 11 to 12 of 12`. */
  readonly calls?: string;
  /** The call, for people: `create_payment {"amount":0.01}`. */
  readonly call: string;
  readonly mismatches: readonly Mismatch[];
  /** The rule that decided, what it said, and where it stands in the policy. */
  readonly decided: {
    readonly rule: string | null;
    readonly reason: string | null;
    readonly position: Position | null;
  };
}

export interface Mismatch {
  readonly field: 'outcome' | 'rule' | 'reason' | 'violations' | 'charges';
  readonly expected: string;
  readonly actual: string;
}

/** The compiled policy and OPA's own interpreter decide differently on one input. */
export interface EvaluatorDifference {
  readonly kind: 'difference';
  readonly position: Position;
  readonly input: string;
  /** JSON texts of both decisions. */
  readonly wasm: string;
  readonly opa: string;
}

export interface FailureNote {
  readonly kind: 'note';
  readonly position: Position;
  /** As in `UnexpectedDecision`. */
  readonly calls?: string;
  readonly message: string;
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Problems of files. */
  readonly problems: number;
}

export function countTests({ suites }: TestRun): TestCounts {
  const tests = suites.flatMap((suite) => suite.tests);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const problems = suites.reduce((sum, suite) => sum + suite.problems.length, 0);
  return { passed, failed: tests.length - passed, problems };
}

export function hasPassed(run: TestRun): boolean {
  const { failed, problems } = countTests(run);
  return failed === 0 && problems === 0;
}
