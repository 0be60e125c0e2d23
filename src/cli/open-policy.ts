// From policy files, or a bundle, to a policy in force. An unchanged policy comes from the cache: the compiler is only
// loaded when there is something to compile.
import { readFile } from 'node:fs/promises';
import type { CompileResult } from '../../compiler/index.ts';
import type { OpaBinary } from '../../compiler/opa/binary/open-opa-binary.ts';
import { bundleKey, openBundleCache, type PolicySource } from '../policy/bundle-cache.ts';
import type { Verification } from '../policy/bundle-signature/verification.ts';
import { type LoadedPolicy, loadBundle, loadOwnBundle } from '../policy/load-bundle.ts';
import { PolicyError } from '../policy/policy-error.ts';
import { isBundle } from './bundles/is-bundle.ts';
import { chooseOpa } from './choose-opa.ts';
import { CliError } from './cli-error.ts';
import { compileAside } from './compile-aside.ts';
import { bundleCacheFolder } from './home.ts';
import { PolicyProblems } from './policy-problems.ts';
import { findRegoPlaces, readRego } from './read-rego.ts';
import { whyUnreadable } from './why-unreadable.ts';

export interface PolicyFiles {
  readonly files: readonly string[];
  /** Replaces the `server` of every policy. */
  readonly server: string | null;
  /** How a bundle must be signed; null where it must not be. */
  readonly verification: Verification | null;
  /** The `opa` that builds in place of the built-in one; null for that. */
  readonly opa: string | null;
}

export type CompiledPolicy = Extract<CompileResult, { ok: true }>;

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

/** Throws `CliError` where a bundle is among them, and `PolicyError` where one cannot be read. */
export async function readSources(files: readonly string[]): Promise<PolicySource[]> {
  const bundle = files.find(isBundle);
  if (bundle !== undefined) {
    throw new CliError(
      files.length > 1
        ? `${bundle} is a bundle: it is a whole policy and stands alone; give it as the only -c, or compile all policies into one bundle`
        : `${bundle} is a bundle, compiled already; regent inspect shows what is in it, regent verify checks its signature`,
    );
  }
  return Promise.all(
    files.map(async (name) => {
      const text = decodeText(name, await readPolicyFile(name));
      return { name, text, rego: await readRego(name, text) };
    }),
  );
}

/** Everything that the policy is made of: its files, and the files and folders of its Rego. */
export async function findPolicyFiles(files: readonly string[]): Promise<string[]> {
  const places = await Promise.all(
    files.map(async (name) => {
      if (isBundle(name)) return [name];
      const text = await readFile(name, 'utf8').catch(() => '');
      return [name, ...(await findRegoPlaces(name, text))];
    }),
  );
  return places.flat();
}

/** Throws `PolicyProblems`, or `CliError` where `server` is no name. */
export async function compileSources(
  sources: readonly PolicySource[],
  server: string | null,
  opa: OpaBinary | null,
): Promise<CompiledPolicy> {
  requireServerName(server);
  const { compilePolicy } = await import('../../compiler/index.ts');
  const result = await compilePolicy(sources, {
    ...(server === null ? {} : { server }),
    ...(opa === null ? {} : { opa: opa.run }),
  });
  if (!result.ok) throw new PolicyProblems(result.diagnostics);
  return result;
}

function requireServerName(server: string | null): void {
  if (server === null || /^[A-Za-z0-9_.:/-]{1,128}$/.test(server)) return;
  throw new CliError(
    `--server ${JSON.stringify(server)} is no server name; names are made of A-Z a-z 0-9 _ . : / -`,
  );
}

/** A damaged cache is compiled again, not reported. */
async function loadIfSound(bundle: Buffer): Promise<LoadedPolicy | null> {
  try {
    return await loadOwnBundle(bundle);
  } catch {
    return null;
  }
}

export async function readPolicyFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const why = whyUnreadable(cause);
    throw new PolicyError('policy-missing', `the policy ${file} cannot be read: ${why}`, cause);
  }
}

function decodeText(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PolicyError('policy-missing', `the policy ${file} is not UTF-8 text`, cause);
  }
}

/** Made by the build over compiler and Rego library; another compiler means another bundle. */
async function readFingerprint(): Promise<string> {
  return readFile(new URL('../../compiler/fingerprint.txt', import.meta.url), 'utf8');
}
