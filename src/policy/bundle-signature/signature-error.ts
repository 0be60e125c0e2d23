// Why a bundle is not taken for signed.
import { PolicyError } from '../policy-error.ts';

/** `why` follows "the signature of the bundle is not accepted: ". */
export function notAccepted(why: string, cause: unknown = null): PolicyError {
  return new PolicyError('bundle-signature', `the signature of the bundle is not accepted: ${why}`, cause);
}
