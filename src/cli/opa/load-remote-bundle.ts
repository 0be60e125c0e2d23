// A bundle that came over the network becomes a policy: verified, loaded and probed, or refused.
import { type LoadedPolicy, loadBundle } from '../../policy/bundle/load-bundle.ts';
import type { Verification } from '../../policy/bundle-signature/verification.ts';
import { PolicyError } from '../../policy/policy-error.ts';

export interface RemoteBundle {
  /** Null where it need not be signed. */
  readonly verification: Verification | null;
  readonly server: string;
}

/** Rejects with `PolicyError`. */
export async function loadRemoteBundle(
  bytes: Buffer,
  { verification, server }: RemoteBundle,
): Promise<LoadedPolicy> {
  const policy = await loadBundle(bytes, verification);
  if (policy.servers === null || policy.servers.includes(server)) return policy;
  throw new PolicyError('bundle-probe', `the bundle has no server ${JSON.stringify(server)}`);
}
