// The report as SARIF 2.1.0, which code scanning reads: each result points at a line of the cases or of the policy.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatDiagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { Position } from '../../../../compiler/model/policy.ts';
import { escapeText } from '../../../../compiler/parse/quote-text.ts';
import { type Coverage, isExercised, meetsThreshold } from '../coverage/coverage.ts';
import {
  hasPassed,
  type SuiteResult,
  type TestFailure,
  type TestResult,
  type TestRun,
} from '../test-result.ts';
import { idleText } from './coverage-lines.ts';
import { fromRoot } from './from-root.ts';
import type { ReportOptions } from './report-formats.ts';
import { failureLines } from './report-lines.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json';

/** What results are about; each problem of a file has its code. */
const RULES: Readonly<Record<string, string>> = {
  unexpected: 'A call is not decided as its case expects.',
  difference: "The compiled policy and OPA's interpreter decide differently.",
  note: 'A test did not hold.',
  'rule-not-exercised': 'No test exercises a rule of the policy.',
};

export function reportSarif(run: TestRun, { prefix, version }: ReportOptions): string {
  const findings = [
    ...run.suites.flatMap(suiteFindings),
    ...(run.coverage === null ? [] : coverageFindings(run.coverage)),
  ];
  const ids = [...new Set(findings.map(({ rule }) => rule))].sort();
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'regent test', version, rules: ids.map(ruleJson) } },
        invocations: [{ executionSuccessful: true, exitCode: hasPassed(run) ? 0 : 1 }],
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
        results: findings.map((finding) => resultJson(finding, ids, prefix)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

interface Finding {
  readonly rule: string;
  readonly level: 'error' | 'warning';
  readonly text: string;
  readonly position: Position;
  /** The rule of the policy that decided. */
  readonly related: Position | null;
}

function suiteFindings({ problems, tests }: SuiteResult): Finding[] {
  return [
    ...problems.map((problem) => ({
      rule: problem.code,
      level: 'error' as const,
      text: formatDiagnostic(problem),
      position: problem.position,
      related: null,
    })),
    ...tests.flatMap((test) => test.failures.map((failure) => failureFinding(test, failure))),
  ];
}

function failureFinding({ name }: TestResult, failure: TestFailure): Finding {
  return {
    rule: failure.kind,
    level: 'error',
    text: [escapeText(name), ...failureLines(failure)].join('\n'),
    position: failure.position,
    related: failure.kind === 'unexpected' ? failure.decided.position : null,
  };
}

function coverageFindings(coverage: Coverage): Finding[] {
  const level = meetsThreshold(coverage) ? 'warning' : 'error';
  return coverage.rules
    .filter((rule) => !isExercised(rule))
    .map((rule) => ({
      rule: 'rule-not-exercised',
      level,
      text: `${escapeText(rule.rule)}: ${idleText(rule)}`,
      position: rule.position,
      related: null,
    }));
}

function ruleJson(id: string): object {
  return { id, shortDescription: { text: RULES[id] ?? `A file cannot be tested as it stands: ${id}.` } };
}

function resultJson(
  { rule, level, text, position, related }: Finding,
  ids: readonly string[],
  prefix: string,
): object {
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level,
    message: { text: escapeMessage(text) },
    locations: [{ physicalLocation: physicalLocation(position, prefix) }],
    ...(related === null
      ? {}
      : {
          relatedLocations: [
            {
              id: 1,
              physicalLocation: physicalLocation(related, prefix),
              message: { text: 'The rule that decided.' },
            },
          ],
        }),
  };
}

/** `{0}` would be a placeholder (section 3.11.5). */
function escapeMessage(text: string): string {
  return text.replace(/[{}]/g, '$&$&');
}

const ROOT = '%SRCROOT%';

function physicalLocation({ file, line, column }: Position, prefix: string): object {
  const shown = fromRoot(file, prefix);
  const artifactLocation = path.isAbsolute(shown)
    ? { uri: pathToFileURL(shown).href }
    : { uri: shown.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT };
  return { artifactLocation, region: { startLine: line, startColumn: column } };
}
