// Opens a state file for a command that reads it: such a command never makes one.
import { existsSync } from 'node:fs';
import { openSqliteStore } from '../state/sqlite-store.ts';
import type { StateStore } from '../state/store.ts';
import { CliError } from './cli-error.ts';

export async function openExistingState(file: string): Promise<StateStore> {
  if (!existsSync(file)) throw new CliError(`there is no state file ${file}; say which with --state FILE`);
  return openSqliteStore({ file, durability: 'normal', mustExist: true });
}
