// Notices that a policy file is new, whichever way it came: written in place, replaced by an editor's rename, or swapped
// by the symlink of a Kubernetes ConfigMap. Following the path by polling sees all three; watching an inode does not.
import { unwatchFile, watchFile } from 'node:fs';
import { stat } from 'node:fs/promises';

const POLL_MS = 500;

/** Calls `onChange` after any of the files has changed. The returned function stops watching. */
export function watchFiles(files: readonly string[], onChange: () => void): () => void {
  for (const file of files) watchFile(file, { interval: POLL_MS, persistent: false }, onChange);
  return () => {
    for (const file of files) unwatchFile(file, onChange);
  };
}

/** Another text once any of the files was written to, replaced or removed. */
export async function stampFiles(files: readonly string[]): Promise<string> {
  const stamps = files.map((file) =>
    stat(file, { bigint: true }).then(
      ({ dev, ino, size, mtimeNs }) => `${dev}:${ino}:${size}:${mtimeNs}`,
      () => 'gone',
    ),
  );
  return (await Promise.all(stamps)).join(' ');
}
