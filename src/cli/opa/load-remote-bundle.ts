// A bundle that came over the network becomes a policy: verified, loaded and probed, or refused.
import { type LoadedPolicy, loadBundle } from '../../policy/load-bundle.ts';
import { PolicyError } from '../../policy/policy-error.ts';
import type { BundleVerification } from '../settings/opa/opa-settings.ts';

export interface RemoteBundle {
  /** Null where it need not be signed. */
  readonly verification: BundleVerification | null;
  readonly server: string;
}

/** Rejects with `PolicyError`. */
export async function loadRemoteBundle(
  bytes: Buffer,
  { verification, server }: RemoteBundle,
): Promise<LoadedPolicy> {
  if (verification !== null)
    throw new PolicyError(
      'bundle-broken',
      'the bundle must be signed, and this version verifies no signatures',
    );
  const policy = loadBundle(bytes);
  if (policy.servers.includes(server)) return policy;
  throw new PolicyError('bundle-probe', `the bundle has no server ${JSON.stringify(server)}`);
}
