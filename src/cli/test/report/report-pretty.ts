// The report for people: one line for each file that passed, everything there is to know about what failed.
import { formatDiagnostic } from '../../../../compiler/model/diagnostic.ts';
import { escapeText } from '../../../../compiler/parse/quote-text.ts';
import type { SuiteResult, TestResult, TestRun } from '../test-result.ts';
import { type Colours, createColours } from './colours.ts';
import { coverageLines } from './coverage-lines.ts';
import type { ReportOptions } from './report-formats.ts';
import { countOf, failureLines, formatMs, placeOf, suiteName, summaryLines } from './report-lines.ts';

export function reportPretty(run: TestRun, { hasColours }: ReportOptions): string {
  const colours = createColours(hasColours);
  const coverage = run.coverage === null ? [] : [coverageLines(run.coverage, colours)];
  const blocks = [
    ...run.suites.map((suite) => suiteLines(suite, colours)),
    ...coverage,
    summaryLines(run, colours),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function suiteLines(suite: SuiteResult, colours: Colours): string[] {
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
    colours.strong(suiteName(suite)),
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
