// The flags that say how a bundle must be signed, in OPA's own words.
import { readFileSync } from 'node:fs';
import { importVerificationKey } from '../../policy/bundle-signature/import-key.ts';
import {
  DEFAULT_ALGORITHM,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
  type Verification,
} from '../../policy/bundle-signature/verification.ts';
import { CliError } from '../cli-error.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { isBundle } from './is-bundle.ts';

export interface VerificationFlags {
  readonly verificationKey?: string;
  readonly verificationKeyId?: string;
  readonly signingAlg?: string;
  readonly scope?: string;
  /** Each may be a list with commas. */
  readonly excludeFilesVerify?: readonly string[];
}

/** As OPA names a key that nobody named. */
export const DEFAULT_KEY_ID = 'default';

/** Null where nothing is said. Throws `CliError` where the key cannot be used. */
export function readVerification(flags: VerificationFlags): Verification | null {
  const { verificationKey: file, verificationKeyId: id = DEFAULT_KEY_ID, scope = '' } = flags;
  if (file === undefined) {
    refuseAlone(flags);
    return null;
  }
  const algorithm = readAlgorithm(flags.signingAlg);
  const key = readKeyFile('--verification-key', file);
  try {
    importVerificationKey(key, algorithm);
  } catch (cause) {
    throw new CliError(`--verification-key ${file} cannot be used for ${algorithm}: ${messageOf(cause)}`, {
      cause,
    });
  }
  const excludeFiles = (flags.excludeFilesVerify ?? []).flatMap((list) => list.split(','));
  return { keys: { [id]: { key, algorithm, scope } }, keyId: id, scope, excludeFiles };
}

/** Throws `CliError` where the flags ask for a signature that a policy cannot bear. */
export function requireBundles(
  verification: Verification | null | undefined,
  policies: readonly string[],
): void {
  if (verification === null || verification === undefined || policies.every(isBundle)) return;
  throw new CliError('--verification-key is for a signed bundle; policies in YAML bear no signature');
}

function refuseAlone({ verificationKeyId, signingAlg, scope, excludeFilesVerify }: VerificationFlags): void {
  const given = Object.entries({
    '--verification-key-id': verificationKeyId,
    '--signing-alg': signingAlg,
    '--scope': scope,
    '--exclude-files-verify': excludeFilesVerify,
  }).find(([, value]) => value !== undefined);
  if (given !== undefined)
    throw new CliError(`${given[0]} goes with --verification-key FILE, which is not given`);
}

/** Throws `CliError`. */
export function readAlgorithm(name: string = DEFAULT_ALGORITHM): SignatureAlgorithm {
  const known = SIGNATURE_ALGORITHMS.find((algorithm) => algorithm === name);
  if (known !== undefined) return known;
  throw new CliError(
    `--signing-alg ${JSON.stringify(name)} is not one of ${SIGNATURE_ALGORITHMS.join(', ')}`,
  );
}

/** Whole, as OPA reads it: of a secret, a line break at its end counts. */
export function readKeyFile(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError(`${flag} ${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
