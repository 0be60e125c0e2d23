// Argument paths as a tree, so that one walk over a call's arguments finds all that a policy reads.
import type { ArgumentPath, PathStep } from '../../../compiler/model/policy.ts';
import { foldKey } from './fold-key.ts';

export interface PathTree {
  /** The value that stands here is read as a whole. */
  readonly isRead: boolean;
  readonly members: ReadonlyMap<string, PathTree>;
  /** The names of `members` by their folded form (`foldKey`). */
  readonly folds: ReadonlyMap<string, string>;
  /** Below every element of an array. */
  readonly every: PathTree | null;
}

interface Growing {
  isRead: boolean;
  members: Map<string, Growing>;
  folds: Map<string, string>;
  every: Growing | null;
}

export function buildPathTree(paths: readonly ArgumentPath[]): PathTree {
  const root = emptyTree();
  for (const path of paths) path.reduce(step, root).isRead = true;
  return root;
}

function step(node: Growing, next: PathStep): Growing {
  if (typeof next !== 'string') {
    node.every ??= emptyTree();
    return node.every;
  }
  const known = node.members.get(next);
  if (known !== undefined) return known;
  const added = emptyTree();
  node.members.set(next, added);
  node.folds.set(foldKey(next), next);
  return added;
}

function emptyTree(): Growing {
  return { isRead: false, members: new Map(), folds: new Map(), every: null };
}
