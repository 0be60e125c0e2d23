// Which service a key means: the one that it names, or as in OPA the first.
import { describe, type KeyedEntry } from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import { suggestWord } from '../../../../compiler/check/suggest.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import { readEnvText } from './read-opa-values.ts';

/** Names in file order; null where not all could be read: what is wrong with them is told already. */
export type KnownServices = readonly string[] | null;

export function chooseService(
  entry: KeyedEntry | undefined,
  node: YamlNode,
  scope: Scope,
  known: KnownServices,
): string | undefined {
  if (known === null) return undefined;
  if (entry === undefined) {
    if (known[0] === undefined)
      scope.problem('missing-key', node.position, 'it needs a service, and there is none in services');
    return known[0];
  }
  const name = readEnvText(entry.value, entry.scope);
  if (name === undefined || known.includes(name)) return name;
  entry.scope.problem(
    'bad-value',
    entry.value.position,
    `${describe(entry.value)} is not in services`,
    suggestWord(name, known),
  );
  return undefined;
}
