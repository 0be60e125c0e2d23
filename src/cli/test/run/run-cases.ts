// Runs the cases of a suite one after another, and notes every decision that was made for them.
import { performance } from 'node:perf_hooks';
import type { Diagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { JournalEntry } from '../../../journal/journal-row.ts';
import type { TestCase } from '../cases/test-case.ts';
import type { MadeDecision } from '../test-result.ts';
import { fitCase } from './check-case.ts';
import { type CaseParts, type MadeCall, runCase } from './run-case.ts';

export interface CaseRun {
  readonly testCase: TestCase;
  readonly calls: readonly MadeCall[];
  readonly decisions: readonly MadeDecision[];
  readonly durationMs: number;
}

export interface CasesRun {
  readonly runs: readonly CaseRun[];
  /** Of cases that the policies do not fit, which were not run. */
  readonly problems: readonly Diagnostic[];
}

export async function runCases(cases: readonly TestCase[], parts: CaseParts): Promise<CasesRun> {
  const before = await parts.store.latestSequence();
  const problems: Diagnostic[] = [];
  const runs: Array<Omit<CaseRun, 'decisions'>> = [];
  for (const testCase of cases) {
    const fitted = fitCase(testCase, parts.policy);
    if ('problems' in fitted) {
      problems.push(...fitted.problems);
      continue;
    }
    const startMs = performance.now();
    const calls = await runCase(fitted, parts);
    runs.push({ testCase, calls, durationMs: performance.now() - startMs });
  }
  const rows = await parts.store.list({ afterSequence: before });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return { problems, runs: runs.map((run) => ({ ...run, decisions: decisionsOf(run.calls, byId) })) };
}

function decisionsOf(
  calls: readonly MadeCall[],
  rows: ReadonlyMap<string, JournalEntry>,
): readonly MadeDecision[] {
  return calls.flatMap(({ step, decisionIds }) =>
    decisionIds.map((id) => {
      const row = rows.get(id);
      if (row === undefined) throw new Error(`the journal lacks the decision ${id}`);
      return { position: step.position, input: row.input, output: row.output };
    }),
  );
}
