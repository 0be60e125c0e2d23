// All that a bundle is made of, before OPA builds it: equal policies give equal drafts, byte for byte.
import { createHash } from 'node:crypto';
import { type CustomModule, logEntrypoints } from '../custom/custom-module.ts';
import type { BundleMetadata } from '../model/manifest.ts';
import type { Policy } from '../model/policy.ts';
import type { RegoModule } from '../opa/run-opa.ts';
import { planServers } from '../plan/plan-servers.ts';
import { generateModules } from './generate-modules.ts';
import { readRegoLibrary } from './rego-library.ts';

export interface BundleDraft {
  /** The library's and generated Rego, and what people wrote. */
  readonly modules: readonly RegoModule[];
  readonly metadata: BundleMetadata;
  readonly data: object;
  /** Evaluated by these names. */
  readonly entrypoints: readonly string[];
  /** SHA-256 over all of the above: names the exact policy that decided. */
  readonly revision: string;
}

/** What the host evaluates in every bundle, in the order of the manifest. */
export const ENTRYPOINTS = ['regent/gateway/decision', 'regent/gateway/listed', 'regent/gateway/registered'];

/** One policy for each server; `custom` are the hand-written modules that they name. */
export function draftBundle(policies: readonly Policy[], custom: readonly CustomModule[] = []): BundleDraft {
  const content = {
    modules: [
      ...readRegoLibrary(),
      ...generateModules(policies, custom),
      ...custom.map(({ path, file }): RegoModule => ({ path, text: file.text, verbatim: true })),
    ],
    metadata: planServers(policies, custom),
    data: {},
    entrypoints: [...ENTRYPOINTS, ...logEntrypoints(custom)],
  };
  const revision = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { ...content, revision };
}
