// Opens a state file for a command that needs what is in it: such a command never makes one.
import { existsSync } from 'node:fs';
import { openSqliteStore, type SqliteStoreOptions } from '../state/sqlite-store.ts';
import type { StateStore } from '../state/store.ts';
import { CliError } from './cli-error.ts';

/** `durability` is that of what the command writes. */
export async function openExistingState(
  file: string,
  durability: SqliteStoreOptions['durability'] = 'normal',
): Promise<StateStore> {
  if (!existsSync(file)) {
    throw new CliError(
      `there is no state file ${file}: a sidecar makes it when it starts; say which with --state FILE`,
    );
  }
  return openSqliteStore({ file, durability, mustExist: true });
}
