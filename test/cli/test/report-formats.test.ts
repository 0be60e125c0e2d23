// Reports for machines keep to their formats, whatever tests are called and say.
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ReportFormat } from '../../../src/cli/test/report/report-formats.ts';
import { REPORTERS } from '../../../src/cli/test/report/reporters.ts';
import type { TestRun } from '../../../src/cli/test/test-result.ts';
import { parseXml, type XmlElement } from './parse-xml.ts';
import { SAMPLE_RUN } from './sample-run.ts';

const EVIL = 'a "b" <c> & \'d\' # % \\ ]]> \u0001\u001b[2J\uFFFE, ::error::x\r\n  --- é\u{1F600}';

/** The same run, with texts that mean something in one of the formats. */
const HOSTILE: TestRun = {
  ...SAMPLE_RUN,
  suites: SAMPLE_RUN.suites.map((suite) => ({
    ...suite,
    policies: suite.policies.map((file) => `we ird%,&:/${file}`),
    problems: suite.problems.map((problem) => ({ ...problem, message: EVIL })),
    tests: suite.tests.map((one) => ({
      ...one,
      name: EVIL,
      position: { ...one.position, file: `we ird%,&:/${one.position.file}` },
      failures: one.failures.map((failure) =>
        failure.kind === 'note' ? { ...failure, message: EVIL } : failure,
      ),
    })),
  })),
};

const RUNS = [
  ['a plain run', SAMPLE_RUN],
  ['hostile texts', HOSTILE],
  ['no coverage', { ...SAMPLE_RUN, coverage: null }],
  ['nothing that failed', { suites: [], coverage: null, durationMs: 0 }],
] as const;

function report(format: ReportFormat, run: TestRun, prefix = ''): string {
  return REPORTERS[format](run, { hasColours: false, prefix, version: '1.2.3' });
}

function elements(root: XmlElement, name: string): XmlElement[] {
  return [...(root.name === name ? [root] : []), ...root.children.flatMap((child) => elements(child, name))];
}

describe('junit', () => {
  test.each(RUNS)('%s: well-formed, and its counts are those of its elements', (_, run) => {
    const root = parseXml(report('junit', run));
    expect(root.name).toBe('testsuites');
    for (const suite of [root, ...elements(root, 'testsuite')]) {
      const { tests, failures, errors } = suite.attributes;
      expect([tests, failures, errors].map(Number)).toEqual([
        elements(suite, 'testcase').length,
        elements(suite, 'failure').length,
        elements(suite, 'error').length,
      ]);
    }
    for (const one of elements(root, 'testcase')) {
      expect(one.attributes.name).not.toBe('');
      expect(one.attributes.classname).not.toBe('');
      expect(one.attributes.time).toMatch(/^\d+\.\d{3}$/);
      expect(one.children.length).toBeLessThanOrEqual(1);
    }
  });

  test('names and messages come back as they are told', () => {
    const root = parseXml(report('junit', HOSTILE));
    const [first] = elements(root, 'testcase');
    const shown = EVIL.replace('\u0001', '\\u0001').replace('\u001b', '\\u001b').replace('\uFFFE', '\\ufffe');
    expect(first?.attributes.name).toBe(shown.replace('\r', '\\u000d').replace('\n', '\\u000a'));
    expect(elements(root, 'error')[0]?.attributes.message).toBe(shown);
  });
});

describe('tap', () => {
  test.each(RUNS)('%s: a plan, points in order, diagnostics in YAML', (_, run) => {
    const text = report('tap', run);
    expect(text.endsWith('\n')).toBe(true);
    const [version, plan = '', ...lines] = text.slice(0, -1).split('\n');
    expect(version).toBe('TAP version 14');
    const points = lines.filter((line) => /^(not )?ok /.test(line));
    expect(plan).toBe(`1..${points.length}`);
    expect(points.map((line) => Number(/\d+/.exec(line)?.[0]))).toEqual(points.map((_, index) => index + 1));
    for (const point of points) expect(point).not.toMatch(/(?<!\\)(\\\\)*#/);
    const blocks = [...text.matchAll(/\n {2}---\n([\s\S]*?)\n {2}\.\.\.(?=\n)/g)].map(
      ([, yaml = '']) => yaml,
    );
    expect(blocks).toHaveLength(points.filter((line) => line.startsWith('not ok')).length);
    for (const yaml of blocks) {
      expect(parse(yaml)).toMatchObject({ message: expect.any(String) });
      // Not allowed in YAML 1.2 (section 5.1); other parsers refuse what this one takes.
      expect(yaml).not.toMatch(/[\uFFFE\uFFFF]/);
    }
    const known = /^(ok |not ok |# | {2})|^$/;
    expect(lines.filter((line) => !known.test(line))).toEqual([]);
  });
});

describe('github', () => {
  const COMMAND = /^::(error|warning) file=([^:,]+),line=(\d+),col=(\d+),title=([^:,]*)::(.*)$/;
  const unescaped = (text = ''): string =>
    text.replace(/%(25|0D|0A|3A|2C)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

  test.each(RUNS)('%s: an annotation for each failure, problem and idle rule', (_, run) => {
    const lines = report('github', run).slice(0, -1).split('\n');
    const commands = lines.filter((line) => line.startsWith('::'));
    const idle = run.coverage?.rules.filter(({ rule }) => /cap|ask|count/.test(rule)).length ?? 0;
    const failures = run.suites.flatMap(({ tests }) => tests.flatMap((one) => one.failures)).length;
    const problems = run.suites.flatMap((suite) => suite.problems).length;
    expect(commands).toHaveLength(failures + problems + idle);
    for (const command of commands) expect(command).toMatch(COMMAND);
    expect(lines.slice(commands.length).join('\n')).toMatch(/^(Rules {2}.*\n)?Tests {2}.*\nTime {3}.*$/);
  });

  test('texts come back whole, files from the root of the repository', () => {
    const [command = ''] = report('github', HOSTILE, 'sub/folder').split('\n');
    const [, level, file, line, column, title, message] = COMMAND.exec(command) ?? [];
    expect([level, line, column, title]).toEqual(['error', '40', '5', 'unknown-counter']);
    expect(unescaped(file)).toBe('sub/folder/pay/cases.yaml');
    expect(unescaped(message)).toContain(EVIL);
  });
});

interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
    readonly region: { readonly startLine: number; readonly startColumn: number };
  };
}

describe('sarif', () => {
  test.each(RUNS)('%s: what SARIF 2.1.0 requires', (_, run) => {
    const log = JSON.parse(report('sarif', run));
    expect(log.version).toBe('2.1.0');
    expect(log.runs).toHaveLength(1);
    const [{ tool, results, invocations, originalUriBaseIds }] = log.runs;
    expect(tool.driver).toMatchObject({ name: 'regent test', version: '1.2.3' });
    const ids = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of tool.driver.rules) expect(rule.shortDescription.text).toMatch(/\.$/);
    expect(invocations).toEqual([{ executionSuccessful: true, exitCode: results.length > 0 ? 1 : 0 }]);
    for (const { ruleId, ruleIndex, level, message, locations, relatedLocations = [] } of results) {
      expect(ids[ruleIndex]).toBe(ruleId);
      expect(['error', 'warning']).toContain(level);
      expect(message.text).not.toBe('');
      expect(locations).toHaveLength(1);
      for (const { physicalLocation } of [...locations, ...relatedLocations] as SarifLocation[]) {
        const { artifactLocation, region } = physicalLocation;
        expect(artifactLocation.uri).toMatch(/^([\w.~%-]+\/)*[\w.~%-]+$/);
        expect(originalUriBaseIds).toHaveProperty([artifactLocation.uriBaseId ?? '']);
        expect(Math.min(region.startLine, region.startColumn)).toBeGreaterThanOrEqual(1);
      }
    }
  });

  test('a result points at the line of the case, and at the rule that decided; others lie where they lie', () => {
    const [suite] = SAMPLE_RUN.suites.slice(1, 2);
    const far = { file: '/elsewhere/we ird.yaml', line: 3, column: 1 };
    const problem = { code: 'x', position: far, path: '', message: 'm', suggestion: null };
    const run = { ...SAMPLE_RUN, suites: suite === undefined ? [] : [{ ...suite, problems: [problem] }] };
    const [{ results }] = JSON.parse(report('sarif', run, 'sub')).runs;
    const uris = (locations: readonly SarifLocation[]): string[] =>
      locations.map(
        ({ physicalLocation: { artifactLocation, region } }) => `${artifactLocation.uri}:${region.startLine}`,
      );
    expect(uris(results[0].locations)).toEqual(['file:///elsewhere/we%20ird.yaml:3']);
    expect([results[2].locations, results[2].relatedLocations].map(uris)).toEqual([
      ['sub/pay/cases.yaml:12'],
      ['sub/pay/policy.yaml:21'],
    ]);
  });

  test('braces, which would be placeholders, are doubled', () => {
    const [{ results }] = JSON.parse(report('sarif', SAMPLE_RUN)).runs;
    expect(results[1].message.text).toContain('create_payment {{"amount":0.01}}');
  });

  test('idle rules warn where no threshold is missed', () => {
    const coverage = SAMPLE_RUN.coverage === null ? null : { ...SAMPLE_RUN.coverage, threshold: 50 };
    const [{ results, invocations }] = JSON.parse(
      report('sarif', { suites: [], coverage, durationMs: 0 }),
    ).runs;
    expect(results.map(({ level }: { level: string }) => level)).toEqual(['warning', 'warning', 'warning']);
    expect(invocations[0].exitCode).toBe(0);
  });
});
