// The files of an OPA bundle, opened from its archive: safe to look at, and not trusted yet.
import { inflateArchive } from '../archive/inflate-archive.ts';
import { type ArchiveFile, readTar } from '../archive/read-tar.ts';
import { PolicyError } from '../policy-error.ts';

const SIGNATURES = '.signatures.json';

export interface BundleFiles {
  /** In the order of the archive, without the signature. */
  readonly files: readonly ArchiveFile[];
  /** `.signatures.json`, or null where the bundle is not signed. */
  readonly signatures: Buffer | null;
}

/** Throws `PolicyError('bundle-broken')` on anything that is not a whole and harmless archive of a snapshot. */
export async function openBundleFiles(bytes: Buffer): Promise<BundleFiles> {
  const all = readTar(await inflateArchive(bytes));
  const [signatures, ...more] = all.filter(({ name }) => baseOf(name) === SIGNATURES);
  if (more.length > 0) throw new PolicyError('bundle-broken', `the bundle holds several ${SIGNATURES}`);
  const files = all.filter((file) => file !== signatures);
  for (const { name } of files) refuseForeignForms(name);
  return { files, signatures: signatures?.bytes ?? null };
}

/** What OPA would read besides what Regent reads: a decision must not rest on half of a bundle. */
function refuseForeignForms(name: string): void {
  const base = baseOf(name);
  if (base === 'patch.json') {
    throw new PolicyError(
      'bundle-broken',
      `the bundle is a delta (it holds ${name}): it carries no signature and no whole policy; serve snapshots`,
    );
  }
  if (name.endsWith('.manifest.pb') || (name.endsWith('.manifest') && name !== '.manifest')) {
    throw new PolicyError('bundle-broken', `the bundle holds ${name}; Regent reads one manifest, .manifest`);
  }
  if (base === 'data.yaml' || base === 'data.yml' || (base === 'data.json' && name !== 'data.json')) {
    throw new PolicyError(
      'bundle-broken',
      `the bundle holds ${name}; Regent reads all data from data.json, as opa build -t wasm writes it`,
    );
  }
}

export function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
