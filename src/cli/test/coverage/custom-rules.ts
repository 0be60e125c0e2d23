// The rules of hand-written Rego that coverage counts: those whose names OPA has found in the modules.
import { type CustomModule, isLogModule, modulesOf } from '../../../../compiler/custom/custom-module.ts';
import type { Policy } from '../../../../compiler/model/policy.ts';
import { uniqueBy } from '../../../../compiler/model/unique-by.ts';
import { type RuleToCount, ruleKey } from './rule-to-count.ts';

/** Of one policy, in the order of its modules. A name that is computed is known only once a call has met it: it is not counted. */
export function customRules(policy: Policy, modules: readonly CustomModule[]): RuleToCount[] {
  const named = modulesOf(policy, modules)
    .filter((module) => !isLogModule(module))
    .flatMap((module) => (module.rules ?? []).map((rule) => ({ module, rule })))
    .filter(({ rule }) => rule.name !== '');
  // As in decisions, the first rule under a name speaks for all of its package.
  return uniqueBy(named, ({ module, rule }) => JSON.stringify([module.package, rule.name])).map(
    ({ module: { file }, rule: { name, row, col } }) => {
      const id = `custom:${name}`;
      return {
        id,
        position: { file: file.name, line: row, column: col },
        key: ruleKey(id, `${file.path}:${row}:${col}`),
        canStop: true,
        canPass: true,
        // Its module may deny or ask for an approval under this name.
        needsAllow: true,
      };
    },
  );
}
