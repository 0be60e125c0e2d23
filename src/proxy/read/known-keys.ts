// Keys that readers in other languages would take for keys that the proxy reads.
import { foldKey } from '../../policy/arguments/fold-key.ts';
import { Rejection } from './rejection.ts';

export interface KnownKeys {
  readonly names: ReadonlySet<string>;
  readonly byFold: ReadonlyMap<string, string>;
}

export function knownKeys(...names: string[]): KnownKeys {
  return { names: new Set(names), byFold: new Map(names.map((name) => [foldKey(name), name])) };
}

/**
 * Refuses keys that differ only in case from another one, or from one of `known`: Go's encoding/json takes either.
 * `where` names the object for people.
 */
export function refuseAmbiguousKeys(keys: Iterable<string>, known: KnownKeys, where: string): void {
  const others = new Map<string, string>();
  for (const key of keys) {
    if (known.names.has(key)) continue;
    // Where JavaScript copies it member by member, what it holds is inherited: a method, a name, arguments.
    if (key === '__proto__') {
      throw new Rejection(
        'ambiguous-key',
        `${where} holds the key "__proto__", which JavaScript may inherit`,
      );
    }
    const folded = foldKey(key);
    const other = known.byFold.get(folded) ?? others.get(folded);
    if (other !== undefined) {
      const both = `${JSON.stringify(key)} and ${JSON.stringify(other)}`;
      throw new Rejection('case-collision', `in ${where} the keys ${both} differ only in case`);
    }
    others.set(folded, key);
  }
}
