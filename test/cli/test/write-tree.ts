// Files of a test in a folder of their own, and runs of `regent test`'s code on them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { findFiles } from '../../../src/cli/test/find-files.ts';
import { planSuites } from '../../../src/cli/test/plan-suites.ts';
import { type RunOptions, runTests } from '../../../src/cli/test/run/run-tests.ts';
import type { TestResult, TestRun } from '../../../src/cli/test/test-result.ts';

export type Tree = Readonly<Record<string, string>>;

/** The folder; it goes away with the test. */
export function writeTree(tree: Tree): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-tree-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(tree)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

export function runTree(tree: Tree, options: Partial<RunOptions> = {}): Promise<TestRun> {
  return runTests(planSuites(findFiles([writeTree(tree)])), {
    filter: null,
    coverage: null,
    opa: null,
    ...options,
  });
}

/** `name: status` of each test. */
export function statuses({ suites }: Pick<TestRun, 'suites'>): string[] {
  return testsOf({ suites }).map(({ name, status }) => `${name}: ${status}`);
}

export function testsOf({ suites }: Pick<TestRun, 'suites'>): TestResult[] {
  return suites.flatMap(({ tests }) => tests);
}
