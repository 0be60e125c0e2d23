// The hand-written Rego of a server, and its counters, from all files that speak of it.
import type { CustomRules } from '../model/policy.ts';
import { uniqueBy } from '../model/unique-by.ts';
import type { PolicyPart } from './read-policy.ts';

/** null where no file names any Rego. */
export function joinCustom(parts: readonly PolicyPart[]): CustomRules | null {
  const counters = parts.flatMap((part) => part.counters);
  const hasRego = parts.some((part) => part.rego !== null);
  for (const [index, { value, scope, position }] of counters.entries()) {
    const other = counters.slice(0, index).find((one) => one.value.name === value.name);
    if (other === undefined) continue;
    const message = `the counter ${value.name} stands in ${other.position.file} already`;
    scope.problem('duplicate-name', position, message, 'declare it in one file');
  }
  const [first] = counters;
  if (!hasRego && first !== undefined) {
    const message = 'counters are for hand-written Rego, and there is none';
    const advice = 'name it with rego, or count with state in a rule';
    first.scope.problem('contradiction', first.position, message, advice);
  }
  if (!hasRego) return null;
  const files = parts.flatMap((part) => part.rego ?? []);
  return { files: uniqueBy(files, ({ name }) => name), counters: counters.map(({ value }) => value) };
}
