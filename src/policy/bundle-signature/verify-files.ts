// Verifies a signed bundle as OPA does, and never more leniently:
//
//   one token ─▶ key id: configured, else kid, else keyid ─▶ algorithm of that key ─▶ signature ─▶ scope
//             ─▶ every file is listed with its digest, every listed file is there
import { compactVerify } from 'jose';
import type { ArchiveFile } from '../archive/read-tar.ts';
import { digestFile } from './file-digest.ts';
import { importVerificationKey } from './import-key.ts';
import { compileFileGlob } from './match-file-glob.ts';
import { notAccepted } from './signature-error.ts';
import { payloadOf, readSignatureClaims, readSignatureFile, type SignatureClaims } from './signature-file.ts';
import type { Verification, VerificationKey } from './verification.ts';

export interface SignatureFacts {
  /** Of the key that it was verified with. */
  readonly keyId: string;
  readonly algorithm: string;
  readonly scope: string;
  readonly files: number;
}

/** Throws `PolicyError('bundle-signature')`. */
export async function verifyFiles(
  files: readonly ArchiveFile[],
  signatures: Buffer,
  verification: Verification,
): Promise<SignatureFacts> {
  const { token, kid } = readSignatureFile(signatures);
  const keyId = verification.keyId || kid || readSignatureClaims(payloadOf(token)).keyid;
  if (keyId === '') throw notAccepted('it names no key, and no key id was given');
  const key = Object.hasOwn(verification.keys, keyId) ? verification.keys[keyId] : undefined;
  if (key === undefined) throw notAccepted(`there is no key ${JSON.stringify(keyId)}`);
  const claims = readSignatureClaims(await verifiedPayload(token, key));
  const scope = verification.scope || key.scope;
  if (claims.scope !== scope)
    throw notAccepted(`its scope is ${JSON.stringify(claims.scope)} and must be ${JSON.stringify(scope)}`);
  checkFiles(files, claims, verification.excludeFiles);
  return { keyId, algorithm: key.algorithm, scope, files: claims.files.length };
}

/** The algorithm is the key's: a token that chose its own could take a public key for a secret. */
async function verifiedPayload(token: string, { key, algorithm }: VerificationKey): Promise<Uint8Array> {
  try {
    const imported = importVerificationKey(key, algorithm);
    return (await compactVerify(token, imported, { algorithms: [algorithm] })).payload;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw notAccepted(`it does not verify with the key (${algorithm}): ${why}`, cause);
  }
}

function checkFiles(
  files: readonly ArchiveFile[],
  claims: SignatureClaims,
  excludeFiles: readonly string[],
): void {
  const isExcluded = createExclusion(excludeFiles);
  const listed = new Map(claims.files.map((file) => [file.name, file]));
  if (listed.size !== claims.files.length) throw notAccepted('it lists a file twice');
  for (const { signedName: name, bytes } of files) {
    const signed = listed.get(name);
    listed.delete(name);
    if (isExcluded(name)) continue;
    if (signed === undefined) throw notAccepted(`the file ${name} is not listed in it`);
    if (digestFile(name, bytes, signed.algorithm) !== signed.hash.toLowerCase())
      throw notAccepted(`the file ${name} is not the one that was signed`);
  }
  const [missing] = listed.keys();
  if (missing !== undefined)
    throw notAccepted(`the file ${missing} is listed in it, and is not in the bundle`);
}

function createExclusion(globs: readonly string[]): (name: string) => boolean {
  // A malformed one matches nothing, as for OPA: its files must be signed then.
  const matchers = globs.flatMap((glob) => compileFileGlob(glob) ?? []);
  return (name) => matchers.some((matcher) => matcher.test(name));
}
