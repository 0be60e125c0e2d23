// Names of files in a bundle, as plain relative paths: nothing that another reader could take for another place.
import { isUtf8 } from 'node:buffer';
import { PolicyError } from '../policy-error.ts';
import { ARCHIVE_LIMITS } from './archive-limits.ts';

export interface EntryName {
  /** `regent/gateway/gateway.rego` */
  readonly name: string;
  /** As OPA calls the file in signatures: as it stands in the archive, without one slash in front. */
  readonly signedName: string;
}

/** Null for the folder that the archive was made from. Throws `PolicyError('bundle-broken')`. */
export function readEntryName(bytes: Buffer): EntryName | null {
  if (bytes.length > ARCHIVE_LIMITS.nameBytes || !isUtf8(bytes))
    throw refused(bytes, 'is too long or no text');
  const raw = bytes.toString('utf8');
  // OPA itself writes a slash in front, tar -C DIR . writes a dot as well.
  const name = raw.replace(/^\.?\//, '').replace(/\/$/, '');
  if (raw === '.' || raw === './' || raw === '/') return null;
  if (/[\p{Cc}\\]/u.test(name)) throw refused(bytes, 'holds a control character or a backslash');
  const parts = name.split('/');
  if (parts.includes('..')) throw refused(bytes, 'leads out of the bundle');
  if (parts.includes('') || parts.includes('.')) throw refused(bytes, 'is no plain path');
  return { name, signedName: raw.replace(/^\//, '') };
}

function refused(bytes: Buffer, why: string): PolicyError {
  const shown = JSON.stringify(bytes.toString('utf8').slice(0, 100));
  return new PolicyError('bundle-broken', `the bundle has a file whose name ${why}: ${shown}`);
}
