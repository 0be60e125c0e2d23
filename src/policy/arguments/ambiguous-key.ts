// Finds argument keys that a case-insensitive reader (Go's encoding/json, for one) would take for a key that the
// policy reads, or that give an object of JavaScript members to inherit: what was judged would not be what the server sees.
import { foldKey } from './fold-key.ts';
import type { JsonNode, JsonObject } from './json-node.ts';
import type { PathTree } from './path-tree.ts';

/** What is ambiguous, as a sentence, or null. */
export function findAmbiguousKey(node: JsonNode, tree: PathTree): string | null {
  if (Array.isArray(node)) {
    const below = tree.isRead ? tree : tree.every;
    return below === null ? null : inElements(node, below);
  }
  if (!(node instanceof Map)) return null;
  return tree.isRead ? inWholeObject(node, tree) : inReadMembers(node, tree);
}

/** Only containers hold keys; a list may have a million elements that are none. */
function inElements(list: readonly JsonNode[], tree: PathTree): string | null {
  for (const element of list) {
    if (!Array.isArray(element) && !(element instanceof Map)) continue;
    const found = findAmbiguousKey(element, tree);
    if (found !== null) return found;
  }
  return null;
}

function inReadMembers(object: JsonObject, tree: PathTree): string | null {
  if (tree.members.size === 0) return null;
  for (const [key, value] of object) {
    const read = tree.folds.get(foldKey(key));
    if (read === undefined) {
      if (isInherited(key, value)) return INHERITED;
      continue;
    }
    const subtree = tree.members.get(key);
    const found = subtree === undefined ? differsOnlyInCase(key, read) : findAmbiguousKey(value, subtree);
    if (found !== null) return found;
  }
  return null;
}

function inWholeObject(object: JsonObject, tree: PathTree): string | null {
  const seen = new Map<string, string>();
  for (const [key, value] of object) {
    if (isInherited(key, value)) return INHERITED;
    const folded = foldKey(key);
    const other = seen.get(folded);
    const found = other === undefined ? findAmbiguousKey(value, tree) : differsOnlyInCase(key, other);
    if (found !== null) return found;
    seen.set(folded, key);
  }
  return null;
}

const INHERITED =
  'the arguments hold an object under the key "__proto__": where JavaScript copies them, the server would see members in it that the policy did not';

/** `Object.assign` sets the prototype by it. A policy may read the key by its name, as any other. */
function isInherited(key: string, value: JsonNode): boolean {
  return key === '__proto__' && value instanceof Map;
}

function differsOnlyInCase(key: string, other: string): string {
  return `the argument key ${JSON.stringify(key)} differs only in case from ${JSON.stringify(other)}, which the policy reads`;
}
