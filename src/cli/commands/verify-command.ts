// `regent verify`: is the bundle signed with this key, and is every file the one that was signed?
import { openBundleFiles } from '../../policy/bundle/bundle-files.ts';
import { requireSignatures } from '../../policy/bundle-signature/read-verified-archive.ts';
import { verifyFiles } from '../../policy/bundle-signature/verify-files.ts';
import { PolicyError } from '../../policy/policy-error.ts';
import { readVerification, type VerificationFlags } from '../bundles/read-verification.ts';
import { CliError } from '../cli-error.ts';
import { readPolicyFile } from '../policy/policy-sources.ts';
import { printOut } from '../print-out.ts';

/** Exit code 1 where it is not. */
export async function verifyBundle(file: string, flags: VerificationFlags): Promise<void> {
  const verification = readVerification(flags);
  if (verification === null)
    throw new CliError('say with --verification-key FILE which key the bundle must be signed with');
  const bytes = await readPolicyFile(file);
  try {
    const { files, signatures } = await openBundleFiles(bytes);
    const facts = await verifyFiles(files, requireSignatures(signatures), verification);
    const scope = facts.scope === '' ? '' : `, scope ${facts.scope}`;
    printOut(`${file}: signed with ${facts.keyId} (${facts.algorithm}${scope}), ${facts.files} files\n`);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new CliError(`${file}: ${error.message}`, { exitCode: 1, cause: error });
  }
}
