// Where Regent keeps what outlives a run: `.regent` in the user's home.
import { homedir } from 'node:os';
import path from 'node:path';

export function defaultStateFile(): string {
  return path.join(homedir(), '.regent', 'state.db');
}

/** Bundles of bundle servers, for starts while those are down. */
export function persistenceFolder(): string {
  return path.join(homedir(), '.regent', 'persisted');
}

export function bundleCacheFolder(): string {
  return path.join(homedir(), '.regent', 'bundles');
}
