// What the manifest tells the host to send: no more than the rules read, and every counter that they name.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';
import type { ArgumentPath, Per } from '../../../compiler/model/policy.ts';
import { planServers } from '../../../compiler/plan/plan-servers.ts';
import { readPaths } from '../../../compiler/plan/read-paths.ts';
import { makeEntry, makePolicy, makeRule, SOMEWHERE } from '../generate/make-policy.ts';

const every = { every: true } as const;
const perFrom: Per = { by: 'argument', path: ['from'], pathText: 'args.from' };

function planEveryKey() {
  const file = new URL('../golden/rego/every-key/policy.yaml', import.meta.url);
  const { policies } = readPolicies([{ name: 'p.yaml', text: readFileSync(file, 'utf8') }], {});
  return planServers(policies).servers.bank;
}

it('names the arguments that conditions, checks, currencies and per read, but not amounts', () => {
  expect(planEveryKey()?.tools.transfer?.arguments).toEqual([
    ['internal'],
    ['from'],
    ['money', 'currency'],
    ['money', 'value'],
    ['lines', every, 'note'],
    ['tags'],
    ['address'],
    ['copies'],
    ['lines', every, 'amount'],
    ['memo'],
  ]);
});

it('names every counter with its window, its parts and what it may reach', () => {
  const counter = {
    rule: 'transfer/limits',
    sliding: false,
    currency: ['money', 'currency'],
    per: perFrom,
    unit: 'amount',
    scale: 2,
  };
  const plain = { sliding: false, currency: null, per: null, scale: 0 };
  expect(planEveryKey()?.tools.transfer?.counters).toEqual([
    {
      base: 'bank/transfer/:limits/rate_limit/sliding-hour',
      rule: 'transfer/limits',
      window: 'hour',
      sliding: true,
      currency: null,
      per: { by: 'agent' },
      limit: 10,
      unit: 'calls',
      scale: 0,
    },
    { ...counter, base: 'bank/transfer/:limits/spend/hour', window: 'hour', limit: 100000 },
    { ...counter, base: 'bank/transfer/:limits/spend/day', window: 'day', limit: 200050 },
    { ...counter, base: 'bank/transfer/:limits/spend/week', window: 'week', limit: 300000 },
    { ...counter, base: 'bank/transfer/:limits/spend/month', window: 'month', limit: 1000000 },
    {
      ...plain,
      base: 'bank/transfer/state/uses/day',
      rule: 'transfer/uses',
      window: 'day',
      limit: 10,
      unit: 'calls',
    },
    {
      ...plain,
      base: 'bank/transfer/state/units/week',
      rule: 'transfer/watch',
      window: 'week',
      limit: null,
      unit: 'amount',
    },
    {
      ...plain,
      base: 'bank/*/state/calls/minute',
      rule: 'transfer/watch',
      window: 'minute',
      limit: null,
      unit: 'calls',
    },
  ]);
});

it('names the amounts that the host reads from the digits', () => {
  expect(planEveryKey()?.tools.transfer?.amounts).toEqual([
    { key: 'transfer/limits', path: ['money', 'value'], scale: 2 },
    { key: 'transfer/watch#increment', path: ['copies'], scale: 0 },
  ]);
});

it('keeps the rules for all tools apart, and lists the longest glob first', () => {
  const tools = ['a*', '*', 'abc*', 'ab?', 'a'].map((name) => makeEntry(name, []));
  const plan = planServers([makePolicy({ tools })]).servers.main;
  expect([Object.keys(plan?.tools ?? {}), plan?.globs.map(({ glob }) => glob)]).toEqual([
    ['a'],
    ['abc*', 'ab?', 'a*'],
  ]);
});

it('holds a tool that is named as a member of every object', () => {
  const plan = planServers([
    makePolicy({ tools: [makeEntry('__proto__', []), makeEntry('constructor', [])] }),
  ]);
  expect(JSON.stringify(plan.servers.main?.tools)).toBe(
    '{"__proto__":{"arguments":[],"counters":[],"amounts":[]},"constructor":{"arguments":[],"counters":[],"amounts":[]}}',
  );
});

it('drops paths below one that is read anyway', () => {
  const paths: ArgumentPath[] = [
    ['items', every, 'price'],
    ['items'],
    ['a', 'b'],
    ['a', 'bc'],
    ['a', 'b', every],
    ['items'],
  ];
  const checks = paths.map((path) => ({ path, pathText: '', schema: {}, position: SOMEWHERE }));
  expect(readPaths([makeRule('t', { arguments: checks })])).toEqual([['items'], ['a', 'b'], ['a', 'bc']]);
});
