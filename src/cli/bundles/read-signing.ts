// The flags of `regent compile` that sign, in OPA's own words.
import { readFileSync } from 'node:fs';
import { importSigningKey } from '../../policy/bundle-signature/import-key.ts';
import type { BundleSigning } from '../../policy/bundle-signature/sign-bundle.ts';
import { CliError } from '../cli-error.ts';
import { DEFAULT_KEY_ID, messageOf, readAlgorithm, readKeyFile } from './read-verification.ts';

export interface SigningFlags {
  readonly signingKey?: string;
  readonly signingKeyId?: string;
  readonly signingAlg?: string;
  readonly claimsFile?: string;
}

/** Null where nothing is signed. Throws `CliError` where key or claims cannot be used. */
export function readSigning(flags: SigningFlags): BundleSigning | null {
  const { signingKey: file, signingKeyId, signingAlg, claimsFile } = flags;
  if (file === undefined) {
    if (signingKeyId === undefined && signingAlg === undefined && claimsFile === undefined) return null;
    throw new CliError('--signing-key-id, --signing-alg and --claims-file go with --signing-key FILE');
  }
  const algorithm = readAlgorithm(signingAlg);
  const key = readKeyFile('--signing-key', file);
  try {
    importSigningKey(key, algorithm);
  } catch (cause) {
    throw new CliError(`--signing-key ${file} cannot be used for ${algorithm}: ${messageOf(cause)}`, {
      cause,
    });
  }
  const claims = claimsFile === undefined ? null : readClaims(claimsFile);
  // As OPA does: claims say everything, the name of the key included.
  const keyId = signingKeyId ?? (claims === null ? DEFAULT_KEY_ID : '');
  return { key, algorithm, keyId, claims };
}

function readClaims(file: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof claims !== 'object' || claims === null || Array.isArray(claims))
      throw new Error('it is no JSON object');
    if ('files' in claims) throw new Error('"files" is what is signed, and cannot be claimed');
    return claims as Record<string, unknown>;
  } catch (cause) {
    throw new CliError(`--claims-file ${file} cannot be used: ${messageOf(cause)}`, { cause });
  }
}
