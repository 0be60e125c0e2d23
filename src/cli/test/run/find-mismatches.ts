// Compares a decision with what a case expects of it.
import type { Decision } from '../../../policy/decision.ts';
import type { Expectation } from '../cases/test-case.ts';
import type { Mismatch } from '../test-result.ts';

type Field = Mismatch['field'];

/** Empty where all is as expected. */
export function findMismatches(expected: Expectation, decision: Decision): readonly Mismatch[] {
  const wanted = expectedTexts(expected);
  const actual = actualTexts(decision);
  const fields = Object.keys(wanted) as Field[];
  return fields.flatMap((field) => {
    const text = wanted[field];
    return text === undefined || text === actual[field]
      ? []
      : [{ field, expected: text, actual: actual[field] }];
  });
}

function expectedTexts({
  outcome,
  rule,
  reason,
  violations,
  charges,
}: Expectation): Partial<Record<Field, string>> {
  return {
    outcome,
    ...(rule === undefined ? {} : { rule }),
    ...(reason === undefined ? {} : { reason }),
    ...(violations === undefined ? {} : { violations: listText(violations) }),
    ...(charges === undefined ? {} : { charges: chargesText(charges) }),
  };
}

function actualTexts({ outcome, rule, reason, violations, charges = [] }: Decision): Record<Field, string> {
  return {
    outcome,
    rule: rule ?? 'none',
    reason: reason ?? 'none',
    violations: listText(violations.map((violation) => violation.rule)),
    charges: chargesText(new Map(charges.map(({ counter, amount }) => [counter, amount]))),
  };
}

function listText(rules: readonly string[]): string {
  return rules.length === 0 ? 'none' : [...rules].sort().join(', ');
}

/** A charge of nothing is none: the host leaves it out. */
function chargesText(charges: ReadonlyMap<string, number>): string {
  return listText(
    [...charges].filter(([, amount]) => amount > 0).map(([counter, amount]) => `${counter}: ${amount}`),
  );
}
