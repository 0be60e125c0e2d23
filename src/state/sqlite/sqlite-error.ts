// Says what a failure of SQLite means for the state file, and what to do about it.
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { StateError, type StateErrorCode } from '../store.ts';
import { isSqliteError, type SqliteError } from './sqlite-connection.ts';

const MEANING: Record<StateErrorCode, string> = {
  locked: 'is locked by another process: end what holds it, such as an open sqlite3 shell or a backup',
  'read-only': 'cannot be written: make the file and its folder writable for the user Regent runs as',
  full: 'cannot grow, the disk is full: free some space',
  corrupt: 'is damaged or no SQLite database: restore a copy of it, or move it away and restart',
  schema: "lacks Regent's tables: restore a copy of it, or move it away and restart",
  missing: 'is gone: restore it, or restart Regent to begin with empty counters',
  io: 'cannot be read or written: check the disk and the folder',
};

/** SQLite's failures as `StateError`. Anything else, and values that no correct caller writes, comes back as it is. */
export function explainSqliteError(error: unknown, file: string): unknown {
  return isSqliteError(error) && error.code !== 'SQLITE_CONSTRAINT'
    ? stateFileError(codeOf(error, file), file, error)
    : error;
}

export function stateFileError(code: StateErrorCode, file: string, cause: unknown): StateError {
  const detail = cause instanceof Error ? ` (${cause.message})` : '';
  return new StateError(code, `the state file ${file} ${MEANING[code]}${detail}`, cause);
}

function codeOf(error: SqliteError, file: string): StateErrorCode {
  switch (error.code) {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return 'locked';
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
      return 'read-only';
    case 'SQLITE_FULL':
      return 'full';
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return 'corrupt';
    case 'SQLITE_CANTOPEN':
      return existsSync(file) ? ioOrFull(file) : 'missing';
    case 'SQLITE_ERROR':
    case 'SQLITE_SCHEMA':
      return /no such table|no such column|because it is a view|already exists/.test(error.message)
        ? 'schema'
        : 'io';
    default:
      return ioOrFull(file);
  }
}

/** A disk without room for the -shm file or a sync fails as input/output error, not as full. */
function ioOrFull(file: string): StateErrorCode {
  try {
    return statfsSync(dirname(file)).bavail === 0 ? 'full' : 'io';
  } catch {
    return 'io';
  }
}
