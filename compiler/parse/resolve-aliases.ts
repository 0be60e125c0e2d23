// Says what each alias of a document stands for, in one pass: the library looks through the whole document for each.
import { type Alias, isAlias, isCollection, isPair, isScalar, type Node } from 'yaml';

/** Aliases whose anchor does not stand above them are missing. */
export type AliasTargets = ReadonlyMap<Alias, Node>;

export function resolveAliases(root: Node): AliasTargets {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  // A stack of its own: documents may be nested deeper than calls can be.
  const open: unknown[] = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    } else if (isPair(node)) {
      open.push(node.value, node.key);
    } else if (isScalar(node) || isCollection(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
      if (isCollection(node)) for (const item of node.items.toReversed()) open.push(item);
    }
  }
  return targets;
}
