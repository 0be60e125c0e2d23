// What came of a case: every call against its expectation, every decision against OPA's own interpreter.
import type { Position } from '../../../../compiler/model/policy.ts';
import { printJson } from '../../../policy/arguments/json-node.ts';
import type { TestStep } from '../cases/test-case.ts';
import type {
  EvaluatorDifference,
  FailureNote,
  TestFailure,
  TestResult,
  UnexpectedDecision,
} from '../test-result.ts';
import type { Difference } from './compare-evaluators.ts';
import { findMismatches } from './find-mismatches.ts';
import type { MadeCall } from './run-case.ts';
import type { CaseRun } from './run-cases.ts';

/** Files by the names that decisions have for them. */
export type SourceFiles = ReadonlyMap<string, string>;

/** `differences` stand beside the decisions of the run. */
export function caseResult(
  run: CaseRun,
  differences: readonly Difference[],
  sources: SourceFiles,
): TestResult {
  const { testCase, decisions, durationMs } = run;
  const { name, position } = testCase;
  const failures = [...callFailures(run, sources), ...differenceFailures(run, differences)];
  const status = failures.length === 0 ? 'passed' : 'failed';
  return { kind: 'case', name, position, status, durationMs, failures, decisions };
}

function callFailures({ testCase: { steps }, calls }: CaseRun, sources: SourceFiles): TestFailure[] {
  return steps.flatMap((step, index) => {
    const made = calls.filter((call) => call.step === step);
    const found = made.map((call) => failuresOf(call, sources));
    return groupEqual(found).flatMap(({ first, last, failures }) => {
      const label = [
        steps.length > 1 ? [`step ${index + 1}`] : [],
        step.repeat > 1 ? [rangeText(first + 1, last + 1, step.repeat)] : [],
      ].flat();
      return failures.map((failure) =>
        label.length === 0 ? failure : { ...failure, calls: label.join(', ') },
      );
    });
  });
}

interface FailureGroup {
  readonly first: number;
  readonly last: number;
  readonly failures: readonly CallFailure[];
}

/** Calls that failed alike one after another are told once. */
function groupEqual(found: ReadonlyArray<readonly CallFailure[]>): FailureGroup[] {
  const groups: FailureGroup[] = [];
  for (const [index, failures] of found.entries()) {
    const before = groups.at(-1);
    const isSame = before !== undefined && JSON.stringify(before.failures) === JSON.stringify(failures);
    if (isSame) groups.splice(-1, 1, { ...before, last: index });
    else groups.push({ first: index, last: index, failures });
  }
  return groups;
}

function rangeText(first: number, last: number, all: number): string {
  return first === last ? `call ${first} of ${all}` : `calls ${first} to ${last} of ${all}`;
}

type CallFailure = UnexpectedDecision | FailureNote;

function failuresOf({ step, verdict, approvalProblem }: MadeCall, sources: SourceFiles): CallFailure[] {
  const { position, expected } = step;
  const call = callText(step);
  const notes: CallFailure[] =
    approvalProblem === null ? [] : [{ kind: 'note', position, message: `${call}: ${approvalProblem}` }];
  const { decision } = verdict;
  const mismatches = findMismatches(expected, decision);
  if (mismatches.length === 0) return notes;
  const { rule, reason, source } = decision;
  const decided = { rule, reason, position: sourcePosition(source, sources) };
  return [...notes, { kind: 'unexpected', position, call, mismatches, decided }];
}

function sourcePosition(source: string | null, sources: SourceFiles): Position | null {
  const [, name = '', line, column] = /^(.+):(\d+):(\d+)$/.exec(source ?? '') ?? [];
  const file = sources.get(name);
  return file === undefined ? null : { file, line: Number(line), column: Number(column) };
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
