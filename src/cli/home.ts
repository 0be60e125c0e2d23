// The user's home, and `.regent` in it, where Regent keeps what outlives a run.
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

/** Shells put the home in place of `~`; the configuration of an MCP client, a regent.yaml and `--state=~/…` do not. */
export function expandHome(file: string): string {
  return file.replace(/^~(?=\/|$)/, homedir);
}
