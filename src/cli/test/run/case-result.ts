// What came of a case: every call against its expectation, every decision against OPA's own interpreter.
import { printJson } from '../../../policy/json-node.ts';
import type { TestStep } from '../cases/test-case.ts';
import type { EvaluatorDifference, TestFailure, TestResult } from '../test-result.ts';
import type { Difference } from './compare-evaluators.ts';
import { findMismatches } from './find-mismatches.ts';
import type { MadeCall } from './run-case.ts';
import type { CaseRun } from './run-cases.ts';

/** `differences` stand beside the decisions of the run. */
export function caseResult(run: CaseRun, differences: readonly Difference[]): TestResult {
  const { testCase, decisions, durationMs } = run;
  const { name, position } = testCase;
  const failures = [...callFailures(run), ...differenceFailures(run, differences)];
  const status = failures.length === 0 ? 'passed' : 'failed';
  return { kind: 'case', name, position, status, durationMs, failures, decisions };
}

function callFailures({ testCase: { steps }, calls }: CaseRun): TestFailure[] {
  return steps.flatMap((step, index) => {
    const made = calls.filter((call) => call.step === step);
    return made.flatMap((call, repeated) => {
      const label = [
        steps.length > 1 ? [`step ${index + 1}`] : [],
        step.repeat > 1 ? [`call ${repeated + 1} of ${step.repeat}`] : [],
      ].flat();
      return failuresOf(call, label);
    });
  });
}

function failuresOf({ step, verdict, approvalProblem }: MadeCall, label: readonly string[]): TestFailure[] {
  const call = `${label.length === 0 ? '' : `${label.join(', ')}: `}${callText(step)}`;
  const { position } = step;
  const notes: TestFailure[] =
    approvalProblem === null ? [] : [{ kind: 'note', position, message: `${call}: ${approvalProblem}` }];
  const { decision } = verdict;
  const mismatches = findMismatches(step.expected, decision);
  if (mismatches.length === 0) return notes;
  const decided = { source: decision.source, reason: decision.reason };
  return [...notes, { kind: 'unexpected', position, call, mismatches, decided }];
}

const TEXT_MAX = 200;

function callText({ call }: TestStep): string {
  const args = printJson(call.arguments);
  return `${call.tool} ${args.length > TEXT_MAX ? `${args.slice(0, TEXT_MAX)}…` : args}`;
}

function differenceFailures(
  { decisions }: CaseRun,
  differences: readonly Difference[],
): EvaluatorDifference[] {
  return decisions.flatMap(({ position, input, output }, index) => {
    const opa = differences[index] ?? null;
    return opa === null ? [] : [{ kind: 'difference', position, input, wasm: output, opa }];
  });
}
