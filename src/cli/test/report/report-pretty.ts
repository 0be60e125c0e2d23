// The report for people: one line for each file that passed, everything there is to know about what failed.
import { formatDiagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { Position } from '../../../../compiler/model/policy.ts';
import { escapeText } from '../../../../compiler/parse/quote-text.ts';
import {
  countTests,
  type SuiteResult,
  type TestFailure,
  type TestResult,
  type TestRun,
  type UnexpectedDecision,
} from '../test-result.ts';
import { type Colours, createColours } from './colours.ts';
import type { ReportOptions } from './report-formats.ts';

export function reportPretty(run: TestRun, { hasColours }: ReportOptions): string {
  const colours = createColours(hasColours);
  const suites = run.suites.map((suite) => suiteLines(suite, colours).join('\n'));
  return `${[...suites, summaryLines(run, colours).join('\n')].join('\n\n')}\n`;
}

function suiteLines(suite: SuiteResult, colours: Colours): string[] {
  const title = suite.policies.length === 0 ? 'no policy' : suite.policies.join(' + ');
  const problems = suite.problems.map((problem) => `  ${colours.bad('✗')} ${formatDiagnostic(problem)}`);
  const files = [...new Set(suite.tests.map(({ position }) => position.file))];
  const tested = files.flatMap((file) =>
    fileLines(
      file,
      suite.tests.filter(({ position }) => position.file === file),
      colours,
    ),
  );
  const left = suite.notRun === 0 ? [] : [`  ${countOf(suite.notRun, 'case')} not run`];
  const hasNothing = problems.length + tested.length + left.length === 0;
  return [
    colours.strong(title),
    ...problems,
    ...tested,
    ...left,
    ...(hasNothing ? [colours.faint('  compiles; no tests')] : []),
  ];
}

function fileLines(file: string, tests: readonly TestResult[], colours: Colours): string[] {
  const failed = tests.filter(({ status }) => status === 'failed');
  const passed = tests.length - failed.length;
  const ms = tests.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const counts =
    failed.length === 0
      ? `${colours.good('✓')} ${file}  ${passed} passed`
      : `${colours.bad('✗')} ${file}  ${colours.bad(`${failed.length} failed`)}, ${passed} passed`;
  // OPA's sandbox has no clock: Rego tests have no time of their own.
  const time = ms === 0 ? '' : `  ${colours.faint(formatMs(ms))}`;
  return [`  ${counts}${time}`, ...failed.flatMap((test) => testLines(test, colours))];
}

function testLines({ name, position, failures }: TestResult, colours: Colours): string[] {
  return [
    '',
    `    ${colours.bad('✗')} ${colours.strong(escapeText(name))}  ${colours.faint(placeOf(position))}`,
    ...failures.flatMap((failure) => failureLines(failure, colours).map((line) => `      ${line}`)),
  ];
}

function failureLines(failure: TestFailure, colours: Colours): string[] {
  switch (failure.kind) {
    case 'note':
      return [withCalls(failure, failure.message)];
    case 'unexpected':
      return unexpectedLines(failure, colours);
    case 'difference':
      return [
        'policy.wasm and OPA decide differently; please report this, with the policy and this input:',
        `input  ${failure.input}`,
        `wasm   ${failure.wasm}`,
        `opa    ${failure.opa}`,
      ];
  }
}

function unexpectedLines(failure: UnexpectedDecision, colours: Colours): string[] {
  const { call, mismatches, decided, position } = failure;
  const width = Math.max(...mismatches.map(({ field }) => field.length));
  const why = [
    decided.rule ?? [],
    decided.position === null ? [] : `${placeOf(decided.position)}:${decided.position.column}`,
    decided.reason ?? [],
  ].flat();
  return [
    `${withCalls(failure, call)}  ${colours.faint(placeOf(position))}`,
    ...mismatches.flatMap(({ field, expected, actual }) => [
      `  ${field.padEnd(width)}  expected  ${colours.good(escapeText(expected))}`,
      `  ${' '.repeat(width)}  actual    ${colours.bad(escapeText(actual))}`,
    ]),
    ...(why.length === 0 ? [] : [`  decided by ${escapeText(why.join('  '))}`]),
  ];
}

function withCalls({ calls }: { readonly calls?: string }, text: string): string {
  return escapeText(calls === undefined ? text : `${calls}: ${text}`);
}

function summaryLines(run: TestRun, colours: Colours): string[] {
  const { passed, failed, problems } = countTests(run);
  const tests = [
    failed === 0 ? [] : colours.bad(`${failed} failed`),
    passed === 0 && failed > 0 ? [] : colours.good(`${passed} passed`),
    problems === 0 ? [] : colours.bad(countOf(problems, 'problem')),
  ].flat();
  return [`Tests  ${tests.join(', ')}`, `Time   ${formatMs(run.durationMs)}`];
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function placeOf({ file, line }: Position): string {
  return `${file}:${line}`;
}

function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
