// The report as TAP 14 (testanything.org): one point for each test and each problem, with YAML diagnostics.
import { stringify } from 'yaml';
import { formatDiagnostic } from '../../../../compiler/model/diagnostic.ts';
import { escapeText } from '../../../../compiler/parse/quote-text.ts';
import { type Coverage, isExercised, meetsThreshold, shareOfRego } from '../coverage/coverage.ts';
import type { SuiteResult, TestResult, TestRun } from '../test-result.ts';
import { idleText, ruleSummary } from './coverage-lines.ts';
import { failureLines, placeOf, suiteName } from './report-lines.ts';

export function reportTap(run: TestRun): string {
  const parts = [
    ...run.suites.flatMap(suiteParts),
    ...(run.coverage === null ? [] : coverageParts(run.coverage)),
  ];
  const count = parts.filter((part) => 'name' in part).length;
  let number = 0;
  const lines = parts.flatMap((part) => {
    if (!('name' in part)) return [`# ${escapeText(part.comment)}`];
    number += 1;
    return pointLines(part, number);
  });
  return `${['TAP version 14', `1..${count}`, ...lines].join('\n')}\n`;
}

interface Comment {
  readonly comment: string;
}

interface Point {
  readonly name: string;
  readonly isOk: boolean;
  readonly details: object;
}

function pointLines({ name, isOk, details }: Point, number: number): string[] {
  const line = `${isOk ? 'ok' : 'not ok'} ${number} - ${escapeName(name)}`;
  if (isOk) return [line];
  // YAML cannot hold these two (section 5.1), which its printer lets through.
  const yaml = stringify(details, { lineWidth: 0 })
    .trimEnd()
    .replace(/[\uFFFE\uFFFF]/g, (one) => (one === '\uFFFE' ? '\\ufffe' : '\\uffff'));
  return [line, '  ---', ...yaml.split('\n').map((text) => `  ${text}`.trimEnd()), '  ...'];
}

/** A `#` would begin a directive. */
function escapeName(name: string): string {
  return escapeText(name).replace(/[\\#]/g, (character) => `\\${character}`);
}

function suiteParts(suite: SuiteResult): Array<Comment | Point> {
  const { problems, tests, notRun } = suite;
  return [
    { comment: suiteName(suite) },
    ...problems.map((problem) => ({
      name: `${placeOf(problem.position)} ${problem.code}`,
      isOk: false,
      details: { message: formatDiagnostic(problem), severity: 'error', at: problem.position },
    })),
    ...tests.map(testPoint),
    ...(notRun === 0 ? [] : [{ comment: `cases not run: ${notRun}` }]),
  ];
}

function testPoint({ name, status, position, failures }: TestResult): Point {
  const text = failures.map((failure) => [placeOf(failure.position), ...failureLines(failure)].join('\n'));
  const details = { message: `${text.join('\n\n')}\n`, severity: 'fail', at: position };
  return { name, isOk: status === 'passed', details };
}

function coverageParts(coverage: Coverage): Array<Comment | Point> {
  const { threshold, rules, rego } = coverage;
  const idle = rules
    .filter((rule) => !isExercised(rule))
    .map((rule) => `${placeOf(rule.position)} ${escapeText(rule.rule)}: ${idleText(rule)}`);
  const comments = [
    `rules: ${ruleSummary(coverage)}`,
    ...idle,
    `Rego: ${shareOfRego(rego).percent} % of expressions`,
  ].map((comment) => ({ comment }));
  if (threshold === null) return comments;
  const details = { message: ruleSummary(coverage), severity: 'fail', rules: idle };
  return [
    ...comments,
    { name: `${threshold} % of rules are exercised`, isOk: meetsThreshold(coverage), details },
  ];
}
