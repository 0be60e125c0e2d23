// What several reports say in the same words: failures, counts, places.
import type { Position } from '../../../../compiler/model/policy.ts';
import { escapeText } from '../../../../compiler/parse/quote-text.ts';
import {
  countTests,
  type SuiteResult,
  type TestFailure,
  type TestRun,
  type UnexpectedDecision,
} from '../test-result.ts';
import { type Colours, createColours } from './colours.ts';

const PLAIN = createColours(false);

export function suiteName({ policies }: Pick<SuiteResult, 'policies'>): string {
  return policies.length === 0 ? 'no policy' : policies.join(' + ');
}

/** Each is safe to print. */
export function failureLines(failure: TestFailure, colours: Colours = PLAIN): string[] {
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

/** What failed, in a few words. */
export function failureTitle(failure: TestFailure): string {
  switch (failure.kind) {
    case 'note':
      return withCalls(failure, failure.message);
    case 'unexpected': {
      const [first] = failure.mismatches;
      return withCalls(failure, `expected ${first?.field} ${first?.expected}, not ${first?.actual}`);
    }
    case 'difference':
      return 'policy.wasm and OPA decide differently';
  }
}

export function summaryLines(run: TestRun, colours: Colours = PLAIN): string[] {
  const { passed, failed, problems } = countTests(run);
  const tests = [
    failed === 0 ? [] : colours.bad(`${failed} failed`),
    passed === 0 && failed > 0 ? [] : colours.good(`${passed} passed`),
    problems === 0 ? [] : colours.bad(countOf(problems, 'problem')),
  ].flat();
  return [`Tests  ${tests.join(', ')}`, `Time   ${formatMs(run.durationMs)}`];
}

export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function placeOf({ file, line }: Position): string {
  return `${file}:${line}`;
}

export function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
