// Coverage for people: which rules nothing exercises, and which expressions of Rego nothing reached.
import { escapeText } from '../../../../compiler/parse/quote-text.ts';
import {
  type Coverage,
  type CoverageShare,
  isExercised,
  meetsThreshold,
  type RegoCoverage,
  type RuleCoverage,
  shareOfRego,
  shareOfRules,
} from '../coverage/coverage.ts';
import type { Colours } from './colours.ts';
import { placeOf } from './report-lines.ts';

export function coverageLines(coverage: Coverage, colours: Colours): string[] {
  const { rules, rego } = coverage;
  const idle = rules.filter((rule) => !isExercised(rule));
  const unpassed = rules.filter((rule) => isExercised(rule) && rule.passed === 0);
  const partial = rego.filter(({ notCovered }) => notCovered.length > 0);
  const isMet = meetsThreshold(coverage);
  const summary = ruleSummary(coverage);
  return [
    colours.strong('Coverage'),
    `  Rules  ${isMet ? summary : colours.bad(summary)}`,
    ...idle.map((rule) => `    ${colours.bad('✗')} ${ruleText(rule, colours)}  ${idleText(rule)}`),
    ...unpassed.map((rule) => `    ${colours.faint('○')} ${ruleText(rule, colours)}  no call came past it`),
    `  Rego   ${shareText(shareOfRego(rego))} of expressions`,
    ...partial.map((module) => `    ${colours.faint('○')} ${moduleText(module)}`),
  ];
}

/** `3 of 4 (75 %) exercised; 100 % are required` */
export function ruleSummary(coverage: Coverage): string {
  const required = coverage.threshold === null ? '' : `; ${coverage.threshold} % are required`;
  return `${shareText(shareOfRules(coverage))} exercised${required}`;
}

/** Of a rule that nothing exercises. */
export function idleText({ stopped, passed }: RuleCoverage): string {
  if (stopped === null) return 'no call came past it';
  return passed === 0 ? 'no call was stopped by it, and none came past it' : 'no call was stopped by it';
}

function ruleText({ rule, position }: RuleCoverage, colours: Colours): string {
  return `${escapeText(rule)}  ${colours.faint(`${placeOf(position)}:${position.column}`)}`;
}

function moduleText({ path, covered, notCovered }: RegoCoverage): string {
  const lines = [...new Set(notCovered.map(({ line }) => line))];
  const all = covered + notCovered.length;
  return `${escapeText(path)}  ${covered} of ${all}; not reached: ${lines.length === 1 ? 'line' : 'lines'} ${rangesText(lines)}`;
}

/** `3, 7-9` */
export function rangesText(lines: readonly number[]): string {
  const ranges: Array<[first: number, last: number]> = [];
  for (const line of lines) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] + 1 === line) range[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

function shareText({ reached, all, percent }: CoverageShare): string {
  return `${reached} of ${all} (${percent} %)`;
}
