// Compiled bundles by the hash of what they were made from: an unchanged policy is never compiled twice.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RegoSource } from '../../../compiler/model/custom-rego.ts';

export interface BundleCache {
  /** The bundle, or null where it is not there or cannot be read. */
  find(key: string): Promise<Buffer | null>;
  /** Never throws: a cache that cannot be written only costs time. */
  keep(key: string, bundle: Buffer): Promise<void>;
}

/** `folder` is made when it is first written to, for its owner only: what lies there decides calls. */
export function openBundleCache(folder: string): BundleCache {
  const fileOf = (key: string): string => path.join(folder, `${key}.tar.gz`);
  return {
    find: (key) => readFile(fileOf(key)).catch(() => null),
    keep: async (key, bundle) => {
      const temporary = `${fileOf(key)}.${process.pid}.${Date.now()}`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(temporary, bundle, { mode: 0o600 });
        await rename(temporary, fileOf(key));
      } catch {
        // The next start compiles again.
      }
    },
  };
}

export interface PolicySource {
  readonly name: string;
  readonly text: string;
  /** The hand-written Rego that it names. */
  readonly rego: readonly RegoSource[];
}

/** Everything that the bundle depends on: who compiles (Regent's own fingerprint, and an `opa` where one builds), files, options. */
export function bundleKey(
  compiler: readonly [fingerprint: string, opa: string | null],
  sources: readonly PolicySource[],
  server: string | null,
): string {
  const parts = [compiler, server, ...sources.map(({ name, text, rego }) => [name, text, rego])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
