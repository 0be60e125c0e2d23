// Signs a bundle as `opa build --signing-key` does: every file's digest in one token, the token in the archive.
import { gzipSync } from 'node:zlib';
import { CompactSign } from 'jose';
import { appendFile } from '../archive/append-file.ts';
import { inflateArchive } from '../archive/inflate-archive.ts';
import { readTar } from '../archive/read-tar.ts';
import { DEFAULT_HASH, digestFile } from './file-digest.ts';
import { importSigningKey } from './import-key.ts';
import type { SignatureAlgorithm } from './verification.ts';

export interface BundleSigning {
  /** PEM of a private key; for HS256 and the like the secret itself. */
  readonly key: string;
  readonly algorithm: SignatureAlgorithm;
  /** Names the key for those who verify; empty where nothing does. */
  readonly keyId: string;
  /** What the token says besides, such as a scope; it says then whether the key is named in its content too. */
  readonly claims: Readonly<Record<string, unknown>> | null;
}

/** `bundle` as Regent's compiler made it, unsigned. Throws an `Error` where the key cannot be used. */
export async function signBundle(bundle: Buffer, signing: BundleSigning): Promise<Buffer> {
  const tar = await inflateArchive(bundle);
  const files = readTar(tar).map(({ signedName: name, bytes }) => ({
    name,
    hash: digestFile(name, bytes, DEFAULT_HASH),
    algorithm: DEFAULT_HASH,
  }));
  const { key, algorithm, keyId, claims } = signing;
  const named = keyId === '' ? {} : { keyid: keyId };
  const token = await new CompactSign(Buffer.from(JSON.stringify({ ...(claims ?? named), files })))
    .setProtectedHeader({ alg: algorithm, ...(keyId === '' ? {} : { kid: keyId }) })
    .sign(importSigningKey(key, algorithm));
  const signatures = Buffer.from(JSON.stringify({ signatures: [token] }, null, 1));
  return gzipSync(appendFile(tar, '/.signatures.json', signatures));
}
