// Counters of cases: their keys are those that the host composes, and no others.
import { expect, test } from 'vitest';
import type { CounterPlan } from '../../../compiler/model/manifest.ts';
import { readCasesFile } from '../../../src/cli/test/cases/read-cases-file.ts';
import { fitCase } from '../../../src/cli/test/run/check-case.ts';

const PLAN = { rule: 'r', window: 'day', sliding: false, limit: 5, unit: 'calls', scale: 0 } as const;
const PLANS: readonly CounterPlan[] = [
  { ...PLAN, base: 'main/pay/rate_limit/day', currency: null, per: null },
  { ...PLAN, base: 'main/pay/spend/day', currency: ['currency'], per: null },
  { ...PLAN, base: 'main/pay/:each/rate_limit/day', currency: null, per: { by: 'agent' } },
  { ...PLAN, base: 'main/pay/:both/spend/day', currency: ['currency'], per: { by: 'session' } },
];

function problemOf(key: string): string | null {
  const text = `- {name: a, tool: pay, counters: {${JSON.stringify(key)}: 1}, outcome: deny}`;
  const [testCase] = readCasesFile('cases.yaml', text).file.cases;
  if (testCase === undefined) throw new Error('there is no case');
  const fitted = fitCase(testCase, { servers: ['main'], countersOf: () => PLANS });
  return 'problems' in fitted ? (fitted.problems[0]?.suggestion ?? 'no suggestion') : null;
}

test.each([
  ['main/pay/rate_limit/day', null],
  ['main/pay/spend/day/EUR', null],
  ['main/pay/:each/rate_limit/day@bot@x', null],
  ['main/pay/:both/spend/day/EUR@s1', null],
  ['main/pay/rate_limit/day/EUR', 'write main/pay/rate_limit/day'],
  ['main/pay/spend/day', 'write main/pay/spend/day/CURRENCY'],
  ['main/pay/spend/day/eur', 'write main/pay/spend/day/CURRENCY'],
  ['main/pay/:each/rate_limit/day', 'write main/pay/:each/rate_limit/day@AGENT'],
  ['main/pay/:both/spend/day@s1', 'write main/pay/:both/spend/day/CURRENCY@SESSION'],
  ['main/pay/rate_limit/dya', 'did you mean "main/pay/rate_limit/day"?'],
])('%s', (key, suggestion) => {
  expect(problemOf(key)).toBe(suggestion);
});
