// All that a bundle is made of, before OPA builds it: equal policies give equal drafts, byte for byte.
import { createHash } from 'node:crypto';
import type { BundleMetadata } from '../model/manifest.ts';
import type { Policy } from '../model/policy.ts';
import type { RegoModule } from '../opa/run-opa.ts';
import { planServers } from '../plan/plan-servers.ts';
import { generateModules } from './generate-modules.ts';
import { readRegoLibrary } from './rego-library.ts';

export interface BundleDraft {
  /** Hand-written and generated Rego, not formatted yet. */
  readonly modules: readonly RegoModule[];
  readonly metadata: BundleMetadata;
  readonly data: object;
  /** SHA-256 over all of the above: names the exact policy that decided. */
  readonly revision: string;
}

/** What the host evaluates, in the order of the manifest. */
export const ENTRYPOINTS = ['regent/gateway/decision', 'regent/gateway/listed', 'regent/gateway/registered'];

/** One policy for each server. */
export function draftBundle(policies: readonly Policy[]): BundleDraft {
  const content = {
    modules: [...readRegoLibrary(), ...generateModules(policies)],
    metadata: planServers(policies),
    data: {},
  };
  const revision = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { ...content, revision };
}
