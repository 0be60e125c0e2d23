// Opens a state file for a command that needs what is in it: such a command never makes one.
import { accessSync } from 'node:fs';
import { openSqliteStore, type SqliteStoreOptions } from '../state/sqlite-store.ts';
import type { StateStore } from '../state/store.ts';
import { CliError } from './cli-error.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** `durability` is that of what the command writes. */
export async function openExistingState(
  file: string,
  durability: SqliteStoreOptions['durability'] = 'normal',
): Promise<StateStore> {
  requireFile(file);
  return openSqliteStore({ file, durability, mustExist: true });
}

/** A folder that the user may not enter is no missing file. */
function requireFile(file: string): void {
  try {
    accessSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isMissing
      ? `there is no state file ${file}: a sidecar makes it when it starts; say which with --state FILE`
      : `the state file ${file} cannot be read: ${whyUnreadable(error)}`;
    throw new CliError(message, { cause: error });
  }
}
