// Whether this installation can run at all: a Node.js that is new enough, and sqlite3's compiled part.
import { CliError } from './cli-error.ts';

/** As in package.json, which npm only warns of. */
export const OLDEST_NODE = '20.19.0';

/** Throws for a Node.js that would fail later, with an error that tells nobody what to do. */
export function checkNode(version: string): void {
  const [have = [], want = []] = [version, OLDEST_NODE].map((text) => text.split('.').map(Number));
  const at = have.findIndex((number, index) => number !== want[index]);
  if (at < 0 || (have[at] ?? 0) > (want[at] ?? 0)) return;
  throw new CliError(`Node.js ${version} is too old; ${OLDEST_NODE} or later is needed`);
}

/**
 * What to do where the package sqlite3 is there and its compiled part is not: npm can leave out the scripts that fetch or
 * build it, and what they fetched may need a newer C library. null: the error is another one.
 */
export function whySqliteFails(error: unknown): string | null {
  if (!(error instanceof Error) || !error.message.includes('node_sqlite3.node')) return null;
  const [what] = error.message.split(/\.? Tried:|\n/);
  return `sqlite3, which keeps state and journal, cannot be loaded (${what}); where regent is installed, run: npm_config_build_from_source=true npm rebuild sqlite3 (it takes python3, make and g++)`;
}
