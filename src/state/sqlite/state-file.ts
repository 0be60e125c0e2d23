// The state file as a thing on disk: made private to its owner, and watched for being deleted or replaced.
import { closeSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StateErrorCode } from '../store.ts';
import { stateFileError } from './sqlite-error.ts';

export interface StateFile {
  readonly path: string;
  /**
   * Whether the path still leads to the file that was opened, and there is something in it. A connection goes on writing
   * to a deleted or emptied file without any error, while another process counts from zero in the new one: so every
   * operation asks first (2 µs).
   */
  isInPlace(): boolean;
}

/** Makes the file and its folder where they are missing, unless they `mustExist`. Throws `StateError`. */
export function claimStateFile(path: string, mustExist: boolean): StateFile {
  const opened = find(path, mustExist);
  // SQLite would delete the write-ahead log beside an empty file: the last that is left of one that was emptied.
  if (mustExist && opened.size === 0) throw stateFileError('schema', path, null);
  return { path, isInPlace: () => (findSame(opened, path)?.size ?? 0) > 0 };
}

function find(path: string, mustExist: boolean): Stats {
  try {
    if (!mustExist && statSync(path, { throwIfNoEntry: false }) === undefined) createFile(path);
    return statSync(path);
  } catch (error) {
    throw stateFileError(codeOf(error), path, error);
  }
}

/** Amounts and agents' arguments are nobody else's business; SQLite gives the -wal and -shm files the same mode. */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

/** What is at `path` now, where it is still the file that was opened. */
export function findSame(opened: Stats, path: string): Stats | null {
  try {
    const now = statSync(path, { throwIfNoEntry: false });
    return now !== undefined && now.ino === opened.ino && now.dev === opened.dev ? now : null;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): StateErrorCode {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
      return 'missing';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'full';
    default:
      return 'io';
  }
}
