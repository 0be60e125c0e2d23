// The report as JUnit XML, which CI servers read: a suite for each policy, a case for each test and each problem.
import { formatDiagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { Position } from '../../../../compiler/model/policy.ts';
import { escapeText } from '../../../../compiler/parse/quote-text.ts';
import {
  type Coverage,
  isExercised,
  meetsThreshold,
  shareOfRego,
  shareOfRules,
} from '../coverage/coverage.ts';
import { countTests, type SuiteResult, type TestResult, type TestRun } from '../test-result.ts';
import { idleText, ruleSummary } from './coverage-lines.ts';
import { failureLines, failureTitle, placeOf, suiteName } from './report-lines.ts';
import { printElement } from './xml.ts';

export function reportJunit(run: TestRun): string {
  const { passed, failed, problems } = countTests(run);
  const suites = run.suites.map(suiteElement);
  const coverage = run.coverage === null ? [] : [coverageElement(run.coverage)];
  const isGated = run.coverage !== null && run.coverage.threshold !== null;
  const attributes = {
    name: 'regent test',
    tests: passed + failed + problems + Number(isGated),
    failures: failed + Number(!meetsThreshold(run.coverage)),
    errors: problems,
    time: seconds(run.durationMs),
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${printElement('testsuites', attributes, [...suites, ...coverage])}\n`;
}

function suiteElement(suite: SuiteResult): string {
  const { tests, problems, notRun } = suite;
  const { failed } = countTests({ suites: [suite] });
  const attributes = {
    name: suiteName(suite),
    tests: tests.length + problems.length,
    failures: failed,
    errors: problems.length,
    skipped: 0,
    time: seconds(tests.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
  const left = notRun === 0 ? [] : [propertiesElement({ not_run: notRun })];
  const errors = problems.map((problem) => {
    const error = printElement(
      'error',
      { type: problem.code, message: problem.message },
      [],
      formatDiagnostic(problem),
    );
    return caseElement({ name: problem.code, position: problem.position, durationMs: 0 }, [error]);
  });
  return printElement('testsuite', attributes, [...left, ...errors, ...tests.map(testElement)]);
}

function testElement(test: TestResult): string {
  const [first] = test.failures;
  if (first === undefined) return caseElement(test, []);
  // Readers take one failure of a case: all of them stand in it.
  const text = test.failures.map((failure) =>
    [placeOf(failure.position), ...failureLines(failure)].join('\n'),
  );
  const attributes = { type: first.kind, message: failureTitle(first) };
  return caseElement(test, [printElement('failure', attributes, [], text.join('\n\n'))]);
}

function caseElement(
  { name, position, durationMs }: Pick<TestResult, 'name' | 'position' | 'durationMs'>,
  children: readonly string[],
): string {
  const { file, line }: Position = position;
  const attributes = { name: escapeText(name), classname: file, file, line, time: seconds(durationMs) };
  return printElement('testcase', attributes, children);
}

/** Its percentages are properties; a threshold is a case of its own. */
function coverageElement(coverage: Coverage): string {
  const properties = propertiesElement({
    'coverage.rules.percent': shareOfRules(coverage).percent,
    'coverage.rego.percent': shareOfRego(coverage.rego).percent,
  });
  const isMet = meetsThreshold(coverage);
  const cases = coverage.threshold === null ? [] : [thresholdElement(coverage, isMet)];
  const attributes = {
    name: 'coverage',
    tests: cases.length,
    failures: Number(!isMet),
    errors: 0,
    skipped: 0,
    time: seconds(0),
  };
  return printElement('testsuite', attributes, [properties, ...cases]);
}

function thresholdElement(coverage: Coverage, isMet: boolean): string {
  const idle = coverage.rules.filter((rule) => !isExercised(rule));
  const text = idle.map((rule) => `${placeOf(rule.position)} ${escapeText(rule.rule)}: ${idleText(rule)}`);
  const failure = { type: 'coverage', message: ruleSummary(coverage) };
  const name = `${coverage.threshold} % of rules are exercised`;
  const attributes = { name, classname: 'coverage', time: seconds(0) };
  const failures = isMet ? [] : [printElement('failure', failure, [], text.join('\n'))];
  return printElement('testcase', attributes, failures);
}

function propertiesElement(properties: Readonly<Record<string, number>>): string {
  const children = Object.entries(properties).map(([name, value]) =>
    printElement('property', { name, value }, []),
  );
  return printElement('properties', {}, children);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
