// The report for programs: one JSON object. docs/testing.md describes it.
import type { Diagnostic } from '../../../../compiler/model/diagnostic.ts';
import {
  countTests,
  hasPassed,
  type SuiteResult,
  type TestFailure,
  type TestResult,
  type TestRun,
} from '../test-result.ts';

export function reportJson(run: TestRun): string {
  const { passed, failed, problems } = countTests(run);
  const report = {
    version: 1,
    ok: hasPassed(run),
    counts: { passed, failed, problems },
    duration_ms: Math.round(run.durationMs),
    suites: run.suites.map(suiteJson),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function suiteJson({ policies, problems, tests, notRun }: SuiteResult): object {
  return {
    policies,
    problems: problems.map(problemJson),
    tests: tests.map(testJson),
    not_run: notRun,
  };
}

function problemJson({ position, ...problem }: Diagnostic): object {
  return { ...position, ...problem };
}

function testJson({ kind, name, position, status, durationMs, failures }: TestResult): object {
  return {
    kind,
    name,
    ...position,
    status,
    duration_ms: Math.round(durationMs * 1000) / 1000,
    ...(failures.length === 0 ? {} : { failures: failures.map(failureJson) }),
  };
}

/** Decisions as JSON values, where they are decisions. */
function failureJson(failure: TestFailure): object {
  const { position, ...rest } = failure;
  if (rest.kind !== 'difference') return { ...position, ...rest };
  const { input, wasm, opa } = rest;
  return { ...position, kind: rest.kind, input: readJson(input), wasm: readJson(wasm), opa: readJson(opa) };
}

function readJson(text: string): unknown {
  return text.startsWith('{') ? JSON.parse(text) : text;
}
