// What stands in the branch of a failure: an expression that is true where a check does not hold.
import { hasNoWay } from '../print/path-rego.ts';
import type { Body } from '../print/print-rego.ts';
import type { RuleSheet } from '../print/rule-sheet.ts';

/**
 * True where none of the ways holds. One way stands in the expression itself; several become a rule, false by
 * default. Both are true where a way has no value: in doubt, the check fails.
 */
export function addTest(sheet: RuleSheet, wish: string, ways: readonly Body[]): string {
  const [only, ...others] = ways;
  if (only !== undefined && others.length === 0) return hasNoWay(only);
  const name = sheet.claimName(`${wish}_ok`);
  sheet.addFlag(name, ways);
  return `not ${name}`;
}
