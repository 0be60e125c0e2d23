// Files as a repository names them: from its root, with slashes.
import path from 'node:path';

/** `prefix` leads from the root to the working folder. What lies elsewhere keeps its absolute name. */
export function fromRoot(file: string, prefix: string): string {
  return path.isAbsolute(file) ? file : path.posix.join(...prefix.split(path.sep), ...file.split(path.sep));
}

/** The prefix of the working folder in the repository that GitHub Actions has checked out. */
export function findPrefix(): string {
  const root = process.env.GITHUB_WORKSPACE ?? '';
  const prefix = root === '' ? '' : path.relative(root, '.');
  return prefix.startsWith('..') || path.isAbsolute(prefix) ? '' : prefix;
}
