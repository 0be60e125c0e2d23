// What a policy says is what is read: any model, written as YAML, is read as that model, to the last digit.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';
import { rules, SOMEWHERE } from './any-policy.ts';
import { printRule } from './print-policy.ts';

/** Places are other tests' concern. */
function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, member) => (key === 'position' ? SOMEWHERE : member));
}

test('any rules, written as YAML, are read as themselves', () => {
  fc.assert(
    fc.property(rules, (model) => {
      const items = model.map((rule) => `      - ${printRule(rule)}\n`).join('');
      const text = `version: "1"\ntools:\n  pay:\n    rules:${items === '' ? ' []' : ''}\n${items}`;
      const read = readPolicies([{ name: 'p.yaml', text }], {});
      expect(read.diagnostics).toEqual([]);
      expect(withoutPlaces(read.policies[0]?.tools[0]?.rules)).toEqual(withoutPlaces(model));
    }),
    { numRuns: 500 },
  );
});
