// Why a policy could not be put in force or a decision not be made; every code denies.

export type PolicyErrorCode =
  /** The bundle is not an archive that can be read, or lacks a part. */
  | 'bundle-broken'
  /** It is not signed as it must be. */
  | 'bundle-signature'
  /** It was made by another version of the format. */
  | 'bundle-format'
  /** It needs a built-in function that the host does not have. */
  | 'bundle-builtin'
  /** A declared tool is not found by the compiled policy. */
  | 'bundle-probe'
  /** Evaluation threw, or what it gave is no decision. */
  | 'evaluation-failed'
  /** The arguments cannot be shown to the policy without loss or within its limits. */
  | 'arguments-unreadable'
  /** Argument keys that another parser would read as one that the policy reads. */
  | 'arguments-ambiguous'
  /** The policy file cannot be read, or no bundle has come yet. */
  | 'policy-missing';

export class PolicyError extends Error {
  readonly code: PolicyErrorCode;

  constructor(code: PolicyErrorCode, message: string, cause: unknown = null) {
    super(message, { cause });
    this.name = 'PolicyError';
    this.code = code;
  }
}
