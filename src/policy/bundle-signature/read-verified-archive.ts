// From the bytes of a bundle to what Regent needs of it, with its signature checked on the way.
import { setImmediate as pause } from 'node:timers/promises';
import { type BundleArchive, readBundleArchive } from '../bundle/bundle-archive.ts';
import { openBundleFiles } from '../bundle/bundle-files.ts';
import { PolicyError } from '../policy-error.ts';
import type { Verification } from './verification.ts';

/**
 * With `verification` the bundle must be signed accordingly. Without, it must not be signed at all: a signature that
 * nobody checks promises what is not so. Throws `PolicyError` with a `bundle-…` code.
 */
export async function readVerifiedArchive(
  bytes: Buffer,
  verification: Verification | null,
): Promise<BundleArchive> {
  const { files, signatures } = await openBundleFiles(bytes);
  if (verification !== null) {
    // Loaded where it is needed: with jose it is half of what a bundle's reader is made of.
    const { verifyFiles } = await import('./verify-files.ts');
    await verifyFiles(files, requireSignatures(signatures), verification);
  } else if (signatures !== null) {
    throw new PolicyError(
      'bundle-signature',
      'the bundle is signed, and there is no key to verify it; say which with --verification-key FILE, or keys in regent.yaml',
    );
  }
  // Both steps take long where the bundle is large: calls have their turn in between.
  await pause();
  return readBundleArchive(files);
}

export function requireSignatures(signatures: Buffer | null): Buffer {
  if (signatures !== null) return signatures;
  throw new PolicyError(
    'bundle-signature',
    'the bundle is not signed (it has no .signatures.json), and a key was given to verify it',
  );
}
