// A rule whose calls are counted, whether YAML or hand-written Rego says it.
import type { Position } from '../../../../compiler/model/policy.ts';

export interface RuleToCount {
  readonly id: string;
  readonly position: Position;
  /** Of the decisions that it makes. */
  readonly key: string;
  readonly canStop: boolean;
  readonly canPass: boolean;
  /** Of several rules that ask for an approval a decision names the first; and none where something else denies. */
  readonly needsAllow: boolean;
}

/** Rules of an alias share their place, and files may have equal names: both id and place tell rules apart. */
export function ruleKey(id: string | null, source: string | null): string {
  return `${id} ${source}`;
}
