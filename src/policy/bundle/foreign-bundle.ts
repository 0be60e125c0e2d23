// Bundles that Regent's compiler did not write: nothing says what their rules read, so they are shown everything.
import { buildPathTree, type PathTree } from '../arguments/path-tree.ts';
import type { ReadPlan } from '../tool-plan.ts';

/** All arguments, no counters, no amounts. */
export const EVERYTHING_READ: ReadPlan = planOf(buildPathTree([[]]));

/** For servers that the manifest does not know. */
export const NOTHING_READ: ReadPlan = planOf(buildPathTree([]));

/** What the log says of such bundles. */
export const NOTES = {
  foreign:
    "the bundle has no manifest of Regent's: the policy is shown all arguments, and there are no counters: limits must come from elsewhere",
  optimized:
    'the bundle was built with opa build -O: a decision may take many times as long, the more tools the longer; build it with -O=0',
  unlisted: 'the bundle has no entry point regent/gateway/listed: every tool of the server is listed',
} as const;

function planOf(tree: PathTree): ReadPlan {
  return { projection: tree, watched: tree, counters: [], amounts: [] };
}
