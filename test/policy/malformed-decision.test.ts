// What a policy answers is read strictly: whatever is no decision of design section 4 denies.
import { expect, test } from 'vitest';
import { loadBundle } from '../../src/policy/bundle/load-bundle.ts';
import { buildForeign, decide } from './bundle/build-foreign.ts';

const VIOLATION = '{"rule": "r", "reason": "x", "source": ""}';
const MALFORMED: ReadonlyArray<readonly [what: string, output: string]> = [
  ['no outcome', '{}'],
  ['an outcome in another case', '{"outcome": "Allow"}'],
  ['a list', '[{"outcome": "allow"}]'],
  ['a rule that is no text', '{"outcome": "allow", "rule": 5}'],
  ['a reason that is no text', '{"outcome": "deny", "reason": ["x"]}'],
  [
    'a reason without end',
    '{"outcome": "deny", "reason": concat("", ["xxxxxxxxxx" | numbers.range(1, 2000)[_]])}',
  ],
  ['an allowed call with violations', `{"outcome": "allow", "violations": [${VIOLATION}]}`],
  ['violations that are texts', '{"outcome": "deny", "violations": ["x"]}'],
  ['violations in an object', '{"outcome": "deny", "violations": {}}'],
  ['a held call without its need', '{"outcome": "require_approval"}'],
  [
    'a held call that nobody must approve',
    '{"outcome": "require_approval", "approval": {"timeout_ms": 1, "required": 0}}',
  ],
  [
    'a held call that millions must approve',
    '{"outcome": "require_approval", "approval": {"timeout_ms": 1, "required": 1e9}}',
  ],
  [
    'a timeout that is no whole number',
    '{"outcome": "require_approval", "approval": {"timeout_ms": 1.5, "required": 1}}',
  ],
  [
    'a timeout beyond the last date',
    '{"outcome": "require_approval", "approval": {"timeout_ms": 9007199254740991, "required": 1}}',
  ],
  ['a negative charge', '{"outcome": "allow", "charges": [{"counter": "c", "amount": -1}]}'],
  ['a charge of half a unit', '{"outcome": "allow", "charges": [{"counter": "c", "amount": 0.5}]}'],
  ['charges that are no list', '{"outcome": "allow", "charges": {"c": 1}}'],
];

test('every decision that is not well-formed denies, one by one', async () => {
  const rules = MALFORMED.map(
    ([what, output]) => `decision := ${output} if input.tool == ${JSON.stringify(what)}\n`,
  );
  const rego = `package regent.gateway\n\ndefault decision := {"outcome": "allow"}\n\n${rules.join('\n')}`;
  const policy = await loadBundle(buildForeign({ rego }));
  expect(decide(policy, 'fine', new Map())).toMatchObject({ outcome: 'allow' });
  for (const [what] of MALFORMED) {
    expect(() => decide(policy, what, new Map()), what).toThrow(/no decision that Regent can read/);
  }
});
