// What limits let through: rate limits, caps, counters and what they charge.
import { beforeAll, describe, expect, it } from 'vitest';
import { counterBase, counterKey } from '../../../compiler/model/counter-key.ts';
import { compileForTest, type DecisionUnderTest, type PolicyUnderTest } from './evaluate-policy.ts';
import { DARK, LIMIT_CASES, type LimitCase, RATE } from './limit-cases.ts';
import { LIMIT_POLICY } from './limit-policy.ts';

let compiled: PolicyUnderTest;
beforeAll(async () => {
  compiled = await compileForTest([LIMIT_POLICY]);
});

function summary({ outcome, reason, charges = [] }: DecisionUnderTest): LimitCase['expected'] | null {
  if (outcome !== 'allow') return reason;
  const sums: Record<string, number> = {};
  for (const { counter, amount } of charges) sums[counter] = (sums[counter] ?? 0) + amount;
  return sums;
}

describe('limits', () => {
  it.each(LIMIT_CASES)('$tool: $name', ({ name: _, expected, ...call }) => {
    expect(summary(compiled.decide(call))).toEqual(expected);
  });

  it('names the counter and its limit where a limit failed', () => {
    const { violations } = compiled.decide({ tool: 'rated', counters: { [RATE]: 60 } });
    expect(violations).toEqual([
      {
        rule: 'rated/#1',
        reason: 'no more than 60 calls a minute',
        source: 'policy.yaml:1:1',
        counter: RATE,
        limit: 60,
      },
    ]);
  });

  it('names what a bound on the own counter lets it reach', () => {
    const atBound = (tool: string, value: number) =>
      compiled.decide({ tool, counters: { [`main/${tool}/state/uses/day`]: value } }).violations[0]?.limit;
    expect([atBound('lt', 9), atBound('lte', 5)]).toEqual([9, 5]);
  });

  it('tells what a shadow rule would have denied, on the allowed call', () => {
    const call = { tool: 'dark', counters: { ...DARK, 'main/dark/:cap/spend/hour': 70 } };
    const { outcome, shadow } = compiled.decide({ ...call, amounts: { 'dark/cap': 70 } });
    expect([outcome, shadow]).toEqual([
      'allow',
      [
        {
          rule: 'dark/cap',
          reason: 'amount would bring the total over 1.00 an hour',
          source: 'policy.yaml:1:1',
          counter: 'main/dark/:cap/spend/hour',
          limit: 100,
        },
      ],
    ]);
  });

  it('composes the keys that the host composes', () => {
    const base = counterBase({
      server: 'main',
      tool: 'pay_in',
      name: 'cap',
      kind: 'spend',
      window: 'month',
      sliding: false,
    });
    const key = counterKey(base, 'usd', '12');
    const money = { currency: 'usd' };
    const { charges } = compiled.decide({
      tool: 'pay_in',
      arguments: { account: 12, money },
      amounts: { 'pay_in/cap': 5 },
      counters: { [key]: 0 },
    });
    expect(charges).toEqual([{ counter: key, amount: 5 }]);
  });
});
