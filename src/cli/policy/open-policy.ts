// From policy files, or a bundle, to a policy in force. An unchanged policy comes from the cache: the compiler is only
// loaded when there is something to compile.
import { readFile } from 'node:fs/promises';
import { bundleKey, openBundleCache } from '../../policy/bundle/bundle-cache.ts';
import { type LoadedPolicy, loadBundle, loadOwnBundle } from '../../policy/bundle/load-bundle.ts';
import type { Verification } from '../../policy/bundle-signature/verification.ts';
import { isBundle } from '../bundles/is-bundle.ts';
import { bundleCacheFolder } from '../home.ts';
import { chooseOpa } from './choose-opa.ts';
import { compileAside } from './compile-aside.ts';
import { readPolicyFile, readSources, requireServerName } from './policy-sources.ts';

export interface PolicyFiles {
  readonly files: readonly string[];
  /** Replaces the `server` of every policy. */
  readonly server: string | null;
  /** How a bundle must be signed; null where it must not be. */
  readonly verification: Verification | null;
  /** The `opa` that builds in place of the built-in one; null for that. */
  readonly opa: string | null;
}

/** Throws `PolicyProblems`, or `PolicyError` where a file or bundle cannot be used. */
export async function openPolicy(options: PolicyFiles): Promise<LoadedPolicy> {
  const { files, server, verification } = options;
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0 && isBundle(first))
    return loadBundle(await readPolicyFile(first), verification);
  requireServerName(server);
  const sources = await readSources(files);
  const opa = await chooseOpa(options.opa);
  const cache = openBundleCache(bundleCacheFolder());
  const key = bundleKey([await readFingerprint(), opa?.identity ?? null], sources, server);
  const cached = await cache.find(key);
  const policy = cached === null ? null : await loadIfSound(cached);
  if (policy !== null) return policy;
  const { bundle, opaIdentity } = await compileAside({ sources, server, opa: options.opa });
  const compiled = Buffer.from(bundle);
  // An `opa` that was replaced meanwhile has built what this key does not say.
  if (opaIdentity === (opa?.identity ?? null)) await cache.keep(key, compiled);
  return loadOwnBundle(compiled);
}

/** A damaged cache is compiled again, not reported. */
async function loadIfSound(bundle: Buffer): Promise<LoadedPolicy | null> {
  try {
    return await loadOwnBundle(bundle);
  } catch {
    return null;
  }
}

/** Made by the build over compiler and Rego library; another compiler means another bundle. */
async function readFingerprint(): Promise<string> {
  return readFile(new URL('../../../compiler/fingerprint.txt', import.meta.url), 'utf8');
}
