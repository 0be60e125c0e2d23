// Denials that the host decides, where the policy cannot be asked or its answer not be kept.
import type { Decision } from '../../policy/decision.ts';
import { StateError, type StateErrorCode } from '../../state/store.ts';

/** Of a call that its client gave up, or that is not what it says. */
export type Refusal = 'approval-declined' | 'request-state-invalid';

/** Built-in rules have no slash, so that no rule of a policy is ever mistaken for one. */
export type HostRule =
  | 'arguments-unreadable'
  | 'arguments-ambiguous'
  | 'evaluation-failed'
  | 'policy-missing'
  | 'approval-unusable'
  | Refusal
  | 'state-unavailable';

export function hostDenial(rule: HostRule, reason: string): Decision {
  return { outcome: 'deny', rule, reason, source: null, violations: [{ rule, reason, source: '' }] };
}

export function refusalDenial(rule: Refusal): Decision {
  const reason =
    rule === 'approval-declined'
      ? 'the user of the client did not want it to be approved'
      : 'its requestState is not of Regent, was altered, is too old, or belongs to another agent';
  return hostDenial(rule, reason);
}

/** What the agent is told when a decision could not be made or kept: what failed, but no paths and no internals. */
export function failureDenial(error: unknown): Decision {
  if (error instanceof StateError) {
    return hostDenial('state-unavailable', `the decision cannot be recorded: ${STATE_FAILURES[error.code]}`);
  }
  return hostDenial('evaluation-failed', 'the call cannot be judged: the policy or its host failed');
}

const STATE_FAILURES: Readonly<Record<StateErrorCode, string>> = {
  locked: 'the state store is locked by another process',
  'read-only': 'the state store is read-only',
  full: 'the disk of the state store is full',
  corrupt: 'the state store is damaged',
  schema: "the state store's tables are missing or of another version",
  missing: 'the state store is gone',
  io: 'the state store cannot be read or written',
};
