// What is tested together: which files are found, and which of them make a suite.
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findFiles } from '../../../src/cli/test/find-files.ts';
import { planSuites, type SuitePlan } from '../../../src/cli/test/plan-suites.ts';
import { type Tree, writeTree } from './write-tree.ts';

const POLICY = 'version: "1"\ndefault: deny\n';
const CASES = '- {name: a, tool: x, outcome: deny}\n';
const REGO = 'package a\n';

interface Shape {
  readonly policies: readonly string[];
  readonly cases: readonly string[];
  readonly rego: readonly string[];
}

function shapesOf(tree: Tree, ...paths: readonly string[]): Shape[] {
  const folder = writeTree(tree);
  const shown = (file: string): string => path.relative(folder, file);
  const given = paths.length === 0 ? [folder] : paths.map((name) => path.join(folder, name));
  return planSuites(findFiles(given)).map(
    ({ policies, cases, regoTests, rego }: SuitePlan): Shape => ({
      policies: policies.map(shown),
      cases: cases.map(({ file }) => shown(file)),
      rego: [...regoTests, ...rego].map(shown),
    }),
  );
}

const suite = (policies: string[], cases: string[], rego: string[] = []): Shape => ({
  policies,
  cases,
  rego,
});

const TREE = {
  'a/policy.yaml': POLICY,
  'a/cases.yaml': CASES,
  'a/policy_test.rego': REGO,
  'a/lib.rego': REGO,
  'b/pay.yaml': POLICY,
  'b/pay_cases.yaml': CASES,
  'b/buy.policy.yaml': POLICY,
  'b/buy.cases.yaml': CASES,
  'b/cases.yaml': CASES,
  'b/rules/buy_test.rego': REGO,
  'c/alone.yml': POLICY,
  'c/docker-compose.yaml': 'version: "3"\nservices: {}\n',
  'c/values.yaml': 'tools: {}\n',
  'd/far.cases.yaml': `policy: [../a/policy.yaml, ../b/pay.yaml]\ncases:\n  ${CASES}`,
  'node_modules/x/policy.yaml': POLICY,
  '.hidden/policy.yaml': POLICY,
};

test('a folder is searched for policies, cases and Rego; what is not a policy is left alone', () => {
  expect(shapesOf(TREE)).toEqual([
    suite(['a/policy.yaml'], ['a/cases.yaml'], ['a/policy_test.rego', 'a/lib.rego']),
    suite(['a/policy.yaml', 'b/pay.yaml'], ['d/far.cases.yaml']),
    suite(['b/buy.policy.yaml'], ['b/buy.cases.yaml'], ['b/rules/buy_test.rego']),
    suite(['b/buy.policy.yaml', 'b/pay.yaml'], ['b/cases.yaml'], ['b/rules/buy_test.rego']),
    suite(['b/pay.yaml'], ['b/pay_cases.yaml']),
    suite(['c/alone.yml'], []),
  ]);
});

test('pipes are no files, nor are links to them', () => {
  const folder = writeTree({ 'policy.yaml': POLICY });
  execFileSync('mkfifo', [path.join(folder, 'cases.yaml')]);
  symlinkSync('cases.yaml', path.join(folder, 'other.cases.yaml'));
  symlinkSync('nowhere', path.join(folder, 'gone_test.rego'));
  const found = findFiles([folder]).map(({ file }) => path.basename(file));
  expect(found).toEqual(['gone_test.rego', 'policy.yaml']);
});

test.each([
  [
    'a policy brings all of its cases',
    'b/pay.yaml',
    [
      suite(['b/buy.policy.yaml', 'b/pay.yaml'], ['b/cases.yaml']),
      suite(['b/pay.yaml'], ['b/pay_cases.yaml']),
    ],
  ],
  [
    'a cases file brings its policy',
    'b/buy.cases.yaml',
    [suite(['b/buy.policy.yaml'], ['b/buy.cases.yaml'])],
  ],
  [
    'a Rego test brings its policy',
    'a/policy_test.rego',
    [suite(['a/policy.yaml'], [], ['a/policy_test.rego', 'a/lib.rego'])],
  ],
  ['YAML that is named is a policy, whatever it looks like', 'c/values.yaml', [suite(['c/values.yaml'], [])]],
])('%s', (_, given, expected) => {
  expect(shapesOf(TREE, given)).toEqual(expected);
});

test('a path that leads nowhere is told', () => {
  expect(() => findFiles(['no-such-folder'])).toThrow('there is no file or folder no-such-folder');
});

test('cases without a policy are a problem', () => {
  const folder = writeTree({ 'cases.yaml': CASES, 'x.cases.yaml': `policy: y.yaml\ncases:\n  ${CASES}` });
  const problems = planSuites(findFiles([folder])).flatMap((plan) => plan.problems);
  expect(problems.map(({ code, message, position }) => [code, message, position.line])).toEqual([
    ['no-policy', 'there is no policy in this folder', 1],
    ['no-policy', 'there is no policy y.yaml', 1],
  ]);
});
