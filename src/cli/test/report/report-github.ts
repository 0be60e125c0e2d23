// The report as workflow commands of GitHub Actions: an annotation at the line of each failure, then the counts.
import { formatDiagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { Position } from '../../../../compiler/model/policy.ts';
import { escapeText } from '../../../../compiler/parse/quote-text.ts';
import { type Coverage, isExercised, meetsThreshold } from '../coverage/coverage.ts';
import type { SuiteResult, TestRun } from '../test-result.ts';
import { idleText, ruleSummary } from './coverage-lines.ts';
import { fromRoot } from './from-root.ts';
import type { ReportOptions } from './report-formats.ts';
import { failureLines, summaryLines } from './report-lines.ts';

export function reportGithub(run: TestRun, { prefix }: ReportOptions): string {
  const { coverage } = run;
  const annotations = [
    ...run.suites.flatMap(suiteAnnotations),
    ...(coverage === null ? [] : coverageAnnotations(coverage)),
  ];
  const summary = summaryLines(run);
  const covered = coverage === null ? [] : [`Rules  ${ruleSummary(coverage)}`];
  return `${[...annotations.map((one) => commandLine(one, prefix)), ...covered, ...summary].join('\n')}\n`;
}

interface Annotation {
  readonly level: 'error' | 'warning';
  readonly position: Position;
  readonly title: string;
  readonly message: string;
}

function suiteAnnotations({ problems, tests }: SuiteResult): Annotation[] {
  return [
    ...problems.map((problem) => ({
      level: 'error' as const,
      position: problem.position,
      title: problem.code,
      message: formatDiagnostic(problem),
    })),
    ...tests.flatMap(({ name, failures }) =>
      failures.map((failure) => ({
        level: 'error' as const,
        position: failure.position,
        title: escapeText(name),
        message: failureLines(failure).join('\n'),
      })),
    ),
  ];
}

function coverageAnnotations(coverage: Coverage): Annotation[] {
  const level = meetsThreshold(coverage) ? 'warning' : 'error';
  return coverage.rules
    .filter((rule) => !isExercised(rule))
    .map((rule) => ({
      level,
      position: rule.position,
      title: `${escapeText(rule.rule)} is not exercised`,
      message: idleText(rule),
    }));
}

function commandLine({ level, position, title, message }: Annotation, prefix: string): string {
  const { line, column } = position;
  const file = fromRoot(position.file, prefix);
  const properties = Object.entries({ file, line, col: column, title });
  const text = properties.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
  return `::${level} ${text}::${escapeData(message)}`;
}

/** As GitHub's own toolkit escapes them. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
