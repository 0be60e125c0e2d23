// Equal decisions are equal bytes, whatever the order in which the policy said it: the journal holds them, and replays compare.
import { expect, test } from 'vitest';
import { readDecision } from '../../src/policy/read-decision.ts';

const VIOLATION = { source: 'a.yaml:1:1', reason: 'no', rule: 'b', limit: 5, counter: 'c' };
const OTHER = { rule: 'a', reason: 'never', source: '', description: 'long', title: 'short' };
const PRINTED =
  '[{"rule":"a","reason":"never","source":"","title":"short","description":"long"},' +
  '{"rule":"b","reason":"no","source":"a.yaml:1:1","counter":"c","limit":5}]';

test.each([
  [
    'a plain allow',
    { charges: [], violations: [], outcome: 'allow' },
    '{"outcome":"allow","rule":null,"reason":null,"source":null,"violations":[],"charges":[]}',
  ],
  [
    'an allow that says nothing else',
    { outcome: 'allow' },
    '{"outcome":"allow","rule":null,"reason":null,"source":null,"violations":[],"charges":[]}',
  ],
  [
    'an allow with charges: added up, sorted, without those of nothing',
    {
      outcome: 'allow',
      reason: 'fine',
      rule: 'r',
      charges: [
        { counter: 'b', amount: 1 },
        { amount: 2, counter: 'a' },
        { counter: 'z', amount: 0 },
        { counter: 'b', amount: 3 },
      ],
    },
    '{"outcome":"allow","rule":"r","reason":"fine","source":null,"violations":[],"charges":[{"counter":"a","amount":2},{"counter":"b","amount":4}]}',
  ],
  [
    'an allow that rules in shadow would not have given',
    {
      shadow: [VIOLATION, OTHER],
      outcome: 'allow',
      title: 'not shown',
      charges: [{ counter: 'a', amount: 1 }],
    },
    `{"outcome":"allow","rule":null,"reason":null,"source":null,"violations":[],"shadow":${PRINTED},"charges":[{"counter":"a","amount":1}]}`,
  ],
  [
    'a denial',
    { violations: [VIOLATION, OTHER], source: 's', reason: 'no', rule: 'b', outcome: 'deny', charges: [{}] },
    `{"outcome":"deny","rule":"b","reason":"no","source":"s","violations":${PRINTED}}`,
  ],
  [
    'a call that is held',
    {
      approval: { required: 2, timeout_ms: 1000, more: true },
      description: 'long',
      title: 'short',
      shadow: [],
      rule: 'b',
      outcome: 'require_approval',
    },
    '{"outcome":"require_approval","rule":"b","reason":null,"source":null,"title":"short","description":"long","violations":[],"approval":{"timeout_ms":1000,"required":2}}',
  ],
])('the bytes of %s', (_name, answer, printed) => {
  expect(JSON.stringify(readDecision(answer))).toBe(printed);
});
