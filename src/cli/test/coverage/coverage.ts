// What the cases and Rego tests of a run have reached: rules of policies, and expressions of Rego.
import type { Position } from '../../../../compiler/model/policy.ts';

export interface Coverage {
  /** Percent of rules that must be exercised; null: none. */
  readonly threshold: number | null;
  /** In the order of policies and places. */
  readonly rules: readonly RuleCoverage[];
  /** Of what policies became, and of hand-written modules; Regent's own library is left out. */
  readonly rego: readonly RegoCoverage[];
}

export interface RuleCoverage {
  readonly rule: string;
  readonly position: Position;
  /** Calls that it denied or held, or would have in shadow mode; null where it cannot stop any. */
  readonly stopped: number | null;
  /** Calls that came past it; null where none can. */
  readonly passed: number | null;
}

export interface RegoCoverage {
  /** Files of the policies that the module belongs to; empty where Rego was tested without policies. */
  readonly policies: readonly string[];
  readonly path: string;
  /** Expressions. */
  readonly covered: number;
  readonly notCovered: readonly Place[];
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface CoverageShare {
  readonly reached: number;
  readonly all: number;
  /** Rounded down to a tenth, so that 100 means all of them; 100 where there are none. */
  readonly percent: number;
}

/** It stopped a call; or, where it only counts, let one through. */
export function isExercised({ stopped, passed }: RuleCoverage): boolean {
  return (stopped ?? passed ?? 0) > 0;
}

export function shareOfRules({ rules }: Coverage): CoverageShare {
  return shareOf(rules.filter(isExercised).length, rules.length);
}

export function shareOfRego(rego: readonly RegoCoverage[]): CoverageShare {
  const covered = rego.reduce((sum, module) => sum + module.covered, 0);
  return shareOf(covered, covered + rego.reduce((sum, module) => sum + module.notCovered.length, 0));
}

/** Whether as many rules are exercised as must be. */
export function meetsThreshold(coverage: Coverage | null): boolean {
  if (coverage === null || coverage.threshold === null) return true;
  const { reached, all } = shareOfRules(coverage);
  return reached * 100 >= coverage.threshold * all;
}

function shareOf(reached: number, all: number): CoverageShare {
  return { reached, all, percent: all === 0 ? 100 : Math.floor((reached * 1000) / all) / 10 };
}
