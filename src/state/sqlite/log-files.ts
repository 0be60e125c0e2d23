// The -wal and -shm files beside the state file. What was committed lately is in them alone, and so are the locks between
// processes: without them another sidecar would count from what the state file itself holds.
import { existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import { StateError } from '../store.ts';
import { isSqliteError, openConnection } from './sqlite-connection.ts';
import { stateFileError } from './sqlite-error.ts';
import { findSame } from './state-file.ts';

const SUFFIXES = ['-wal', '-shm'];

/**
 * They are looked at so often at most, which would cost a call some 10 µs. A moment later is soon enough: who opens the
 * file anew waits for its last user (`awaitLastUser`), and those who have it open already share what was deleted.
 */
export const LOOK_MS = 50;

export interface LogFiles {
  /**
   * Whether both were still those that the connection works with when they were looked at last. A connection does not
   * notice that they are deleted.
   */
  areInPlace(): boolean;
  /** Whether others stand in their place. */
  areReplaced(): boolean;
}

/** Those that a connection has just taken into use. Throws `StateError`. */
export function claimLogFiles(stateFile: string): LogFiles {
  const claimed = pathsOf(stateFile).map((path) => claim(stateFile, path));
  let wereInPlace = true;
  let lookedAtMs = performance.now();
  return {
    areInPlace: () => {
      const nowMs = performance.now();
      if (nowMs - lookedAtMs < LOOK_MS) return wereInPlace;
      lookedAtMs = nowMs;
      wereInPlace = claimed.every(({ opened, path }) => findSame(opened, path) !== null);
      return wereInPlace;
    },
    areReplaced: () =>
      claimed.some(({ opened, path }) => existsSync(path) && findSame(opened, path) === null),
  };
}

/** SQLite makes them beside the file that a link leads to. */
function pathsOf(stateFile: string): string[] {
  try {
    const real = realpathSync(stateFile);
    return SUFFIXES.map((suffix) => real + suffix);
  } catch (error) {
    throw stateFileError('missing', stateFile, error);
  }
}

function claim(stateFile: string, path: string): { readonly opened: Stats; readonly path: string } {
  try {
    return { opened: statSync(path), path };
  } catch (error) {
    throw lostLogError(stateFile, error);
  }
}

export function lostLogError(stateFile: string, cause: unknown): StateError {
  return new StateError(
    'missing',
    `the -wal or -shm file beside the state file ${stateFile} is gone or replaced: leave both alone; what they held is ` +
      'saved when the last process that works with the file has noticed it, or has ended',
    cause,
  );
}

/**
 * A file without a log is whole only where nobody works with it: a process whose log was deleted has commits that are
 * not in the file. Every connection holds a shared lock on the file, so that one that asks for all of it fails with
 * `SQLITE_BUSY` until the last of them has ended, and has saved its log.
 */
export async function awaitLastUser(stateFile: string): Promise<void> {
  if (pathsOf(stateFile).every((path) => existsSync(path))) return;
  const connection = await openConnection(stateFile);
  try {
    await connection.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE');
    await connection.all('SELECT count(*) FROM sqlite_schema');
  } catch (error) {
    // What else is wrong with the file is told by whoever opens it now.
    if (isSqliteError(error) && error.code === 'SQLITE_BUSY') throw error;
  } finally {
    await connection.close();
  }
}
