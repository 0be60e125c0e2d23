// The policy of the tests of limits: one tool for each kind.
import type { Per, Rule, Spend } from '../../../compiler/model/policy.ts';
import { makeEntry, makePolicy, SOMEWHERE } from './make-policy.ts';

const perAccount: Per = { by: 'argument', path: ['account'], pathText: 'args.account' };

function makeSpend(spend: Partial<Spend>): Spend {
  return {
    perCall: null,
    caps: [],
    amount: ['amount'],
    amountText: 'args.amount',
    currency: null,
    currencyText: null,
    scale: 2,
    per: null,
    position: SOMEWHERE,
    ...spend,
  };
}

function makeRate(limit: number, per: Per | null = null): NonNullable<Rule['rateLimit']> {
  return { limit, window: 'minute', sliding: false, per, position: SOMEWHERE };
}

function makeState(state: Partial<NonNullable<Rule['state']>>): NonNullable<Rule['state']> {
  return {
    counter: 'uses',
    window: 'day',
    increment: 1,
    incrementFrom: null,
    incrementFromText: null,
    position: SOMEWHERE,
    ...state,
  };
}

function ownCounter(tool: string, op: 'lt' | 'lte', bound: string): Rule['conditions'] {
  const path = { root: 'state', tool, counter: 'uses' } as const;
  return [{ path, pathText: `state.${tool}.uses`, op, value: { number: bound }, position: SOMEWHERE }];
}

export const LIMIT_POLICY = makePolicy({
  tools: [
    makeEntry('rated', [{ rateLimit: makeRate(60) }]),
    makeEntry('rated_per_agent', [{ name: 'per', rateLimit: makeRate(60, { by: 'agent' }) }]),
    makeEntry('rated_per_tool', [{ name: 'per', rateLimit: makeRate(60, { by: 'tool' }) }]),
    makeEntry('rated_per_session', [{ name: 'per', rateLimit: makeRate(60, { by: 'session' }) }]),
    makeEntry('rated_per_account', [{ name: 'per', rateLimit: makeRate(60, perAccount) }]),
    makeEntry('pay', [
      { name: 'cap', spend: makeSpend({ perCall: 50000, caps: [{ window: 'day', cap: 500000 }] }) },
    ]),
    makeEntry('pay_in', [
      {
        name: 'cap',
        spend: makeSpend({
          caps: [{ window: 'month', cap: 1000 }],
          currency: ['money', 'currency'],
          currencyText: 'args.money.currency',
          per: perAccount,
        }),
      },
    ]),
    makeEntry('lt', [{ state: makeState({}), conditions: ownCounter('lt', 'lt', '10') }]),
    makeEntry('lte', [{ state: makeState({}), conditions: ownCounter('lte', 'lte', '5') }]),
    makeEntry('sum', [
      {
        state: makeState({ incrementFrom: ['n'], incrementFromText: 'args.n' }),
        conditions: ownCounter('sum', 'lte', '100'),
      },
    ]),
    makeEntry('other', [{ conditions: ownCounter('lte', 'lt', '5') }]),
    makeEntry('free', [{ state: makeState({}) }]),
    makeEntry('idle', [{ state: makeState({ increment: 0 }) }]),
    makeEntry('dark', [
      { name: 'cap', mode: 'shadow', spend: makeSpend({ caps: [{ window: 'hour', cap: 100 }] }) },
      { name: 'rate', rateLimit: makeRate(2) },
    ]),
    makeEntry('two', [
      { name: 'a', state: makeState({}) },
      { name: 'b', state: makeState({}) },
    ]),
  ],
});
