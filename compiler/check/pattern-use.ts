// RE2 expressions that a policy uses: only OPA's Go side can tell whether they are well formed.
import type { Position } from '../model/policy.ts';

export interface PatternUse {
  readonly pattern: string;
  readonly position: Position;
  /** YAML path of the expression. */
  readonly path: string;
}
