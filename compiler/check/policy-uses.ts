// What the values of a policy refer to, gathered while reading and checked once everything is read.
import type { ConditionPath, Position } from '../model/policy.ts';
import type { Scope } from './report.ts';

/** An RE2 expression: only OPA's Go side can tell whether it is well formed. */
export interface PatternUse {
  readonly pattern: string;
  readonly position: Position;
  /** YAML path of the expression. */
  readonly path: string;
}

/** A condition that reads a counter of some tool. */
export interface CounterUse {
  readonly counter: Extract<ConditionPath, { root: 'state' }>;
  readonly position: Position;
  readonly scope: Scope;
}

export interface PolicyUses {
  readonly patterns: PatternUse[];
  readonly counters: CounterUse[];
}
