// Notices that a policy file is new, whichever way it came: written in place, replaced by an editor's rename, or swapped
// by the symlink of a Kubernetes ConfigMap. Following the path by polling sees all three; watching an inode does not.
import { unwatchFile, watchFile } from 'node:fs';

const POLL_MS = 500;

/** Calls `onChange` after any of the files has changed. The returned function stops watching. */
export function watchFiles(files: readonly string[], onChange: () => void): () => void {
  for (const file of files) watchFile(file, { interval: POLL_MS, persistent: false }, onChange);
  return () => {
    for (const file of files) unwatchFile(file, onChange);
  };
}
