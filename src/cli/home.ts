// Where Regent keeps what outlives a run: `.regent` in the user's home.
import { homedir } from 'node:os';
import path from 'node:path';

export function defaultStateFile(): string {
  return path.join(homedir(), '.regent', 'state.db');
}

export function bundleCacheFolder(): string {
  return path.join(homedir(), '.regent', 'bundles');
}
