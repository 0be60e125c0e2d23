// Denials that the host decides, where the policy cannot be asked or its answer not be kept.
import type { Decision } from '../../policy/decision.ts';

/** Built-in rules have no slash, so that no rule of a policy is ever mistaken for one. */
export type HostRule =
  | 'arguments-unreadable'
  | 'arguments-ambiguous'
  | 'evaluation-failed'
  | 'state-unavailable';

export function hostDenial(rule: HostRule, reason: string): Decision {
  return { outcome: 'deny', rule, reason, source: null, violations: [{ rule, reason, source: '' }] };
}
