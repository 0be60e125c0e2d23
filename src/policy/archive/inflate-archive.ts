// Inflates a gzip archive piece by piece, off the path of calls, and stops as soon as it grows too large.
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import { PolicyError } from '../policy-error.ts';
import { ARCHIVE_LIMITS } from './archive-limits.ts';

/** Throws `PolicyError('bundle-broken')` on anything but one whole gzip archive with nothing behind it. */
export async function inflateArchive(bytes: Buffer): Promise<Buffer> {
  if (bytes.length > ARCHIVE_LIMITS.packedBytes) throw tooLarge('is', ARCHIVE_LIMITS.packedBytes);
  const gunzip = createGunzip();
  const chunks: Buffer[] = [];
  let size = 0;
  gunzip.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > ARCHIVE_LIMITS.inflatedBytes)
      gunzip.destroy(tooLarge('inflates to', ARCHIVE_LIMITS.inflatedBytes));
    else chunks.push(chunk);
  });
  gunzip.end(bytes);
  try {
    await once(gunzip, 'end');
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    throw new PolicyError(
      'bundle-broken',
      'the bundle is not a gzip archive, is cut off, or has something behind its end; compile it again',
      cause,
    );
  }
  // Zeros behind the end are skipped silently by zlib.
  if (gunzip.bytesWritten !== bytes.length)
    throw new PolicyError('bundle-broken', 'the bundle has something behind its end; compile it again');
  return Buffer.concat(chunks, size);
}

function tooLarge(what: string, limit: number): PolicyError {
  return new PolicyError('bundle-broken', `the bundle ${what} over ${limit / 1024 / 1024} MiB`);
}
