// How the rules of one call add up: the strictest wins, the first in file order names it, and all that failed are told.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Condition, Rule } from '../../../compiler/model/policy.ts';
import { compileForTest, type PolicyUnderTest } from './evaluate-policy.ts';
import { makeEntry, makePolicy, SOMEWHERE } from './make-policy.ts';

const given = (name: string): Condition => ({
  path: { root: 'args', steps: [name] },
  pathText: `args.${name}`,
  op: 'exists',
  value: true,
  position: SOMEWHERE,
});

/** Fails where the argument `name` is left out. */
const needs = (name: string, rule: Partial<Rule> = {}): Partial<Rule> => ({
  name: `needs-${name}`,
  conditions: [given(name)],
  ...rule,
});

const asks = (
  name: string,
  timeoutMs: number,
  required: number,
  rule: Partial<Rule> = {},
): Partial<Rule> => ({
  name,
  action: 'require_approval',
  when: [given(name)],
  approval: { timeoutMs, required },
  ...rule,
});

const policy = makePolicy({
  tools: [
    makeEntry('pay', [
      needs('z'),
      needs('a', { onDeny: 'say a "word"\nplease' }),
      { name: 'stop', action: 'deny', when: [given('stop'), given('really')], onDeny: null },
      asks('ann', 9000, 1),
      asks('bob', 5000, 2, { onDeny: 'ask two' }),
      needs('dark', { mode: 'shadow', position: { file: '/tmp/x/dark.yaml', line: 7, column: 3 } }),
      asks('dim', 1, 3, { mode: 'shadow' }),
    ]),
    makeEntry('*', [needs('all'), asks('any', 1000, 1)]),
    makeEntry('free', [{ name: 'nothing', action: 'allow' }]),
    makeEntry('ask', [
      asks('both', 1000, 1, {
        when: [],
        arguments: [{ path: ['n'], pathText: 'n', schema: { type: ['integer'] }, position: SOMEWHERE }],
      }),
    ]),
  ],
});

const GOOD = { z: 1, a: 1, all: 1, dark: 1 };

let compiled: PolicyUnderTest;
beforeAll(async () => {
  compiled = await compileForTest([policy]);
});

const decide = (args: object, approvers: readonly string[] | null = null, tool = 'pay') =>
  compiled.decide({ tool, arguments: args, approvers });

describe('a decision', () => {
  it('is allow, with no rule, where nothing failed', () => {
    expect(decide(GOOD)).toEqual({
      outcome: 'allow',
      rule: null,
      reason: null,
      source: null,
      violations: [],
      charges: [],
    });
  });

  it('is named by the first failed rule of the tool, though its id comes last', () => {
    const { rule, reason, source } = decide({ dark: 1 });
    expect([rule, reason, source]).toEqual(['pay/needs-z', 'z must be given', 'policy.yaml:1:1']);
  });

  it('lists every failed rule once', () => {
    const rules = decide({ dark: 1 }).violations.map(({ rule }) => rule);
    expect(rules.sort()).toEqual(['*/needs-all', 'pay/needs-a', 'pay/needs-z']);
  });

  it('keeps the place in the file out of order', () => {
    expect(Object.keys(decide({ dark: 1 }).violations[0] ?? {}).sort()).toEqual(['reason', 'rule', 'source']);
  });

  it('tells on_deny in place of the reason', () => {
    expect(decide({ ...GOOD, a: null }).reason).toBe('say a "word"\nplease');
  });

  it('denies where all conditions of a deny rule hold', () => {
    const reasons = [decide({ ...GOOD, stop: 1 }).reason, decide({ ...GOOD, stop: 1, really: 0 }).reason];
    expect(reasons).toEqual([null, 'not allowed when stop is given and really is given']);
  });

  it('denies rather than asks', () => {
    expect(decide({ ...GOOD, all: null, ann: 1 }).rule).toBe('*/needs-all');
  });
});

describe('a rule that asks for approval', () => {
  it('holds the call, with the shortest time and the most humans of all that apply', () => {
    const { outcome, rule, reason, approval } = decide({ ...GOOD, ann: 1, bob: 1, any: 1 });
    expect([outcome, rule, reason, approval]).toEqual([
      'require_approval',
      'pay/ann',
      "needs a human's approval",
      { timeout_ms: 1000, required: 2 },
    ]);
  });

  const HELD: ReadonlyArray<readonly [string[] | null, string, string | null]> = [
    [null, 'require_approval', 'pay/ann'],
    [[], 'require_approval', 'pay/ann'],
    [['x'], 'require_approval', 'pay/bob'],
    [['x', 'x'], 'require_approval', 'pay/bob'],
    [['x', 'y'], 'allow', null],
  ];
  it.each(HELD)('with approvers %j makes it %s by %s', (approvers, outcome, rule) => {
    const made = decide({ ...GOOD, ann: 1, bob: 1 }, approvers);
    expect([made.outcome, made.rule]).toEqual([outcome, rule]);
  });

  it('denies where another check of it fails', () => {
    const outcomes = [decide({ all: 1, n: 1.5 }, ['x'], 'ask'), decide({ all: 1, n: 1 }, ['x'], 'ask')];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['deny', 'allow']);
  });
});

describe('a rule in shadow mode', () => {
  it('is told beside a denial, a hold and an allow, and never decides', () => {
    const dark = {
      rule: 'pay/needs-dark',
      reason: 'dark must be given',
      source: 'dark.yaml:7:3',
    };
    const calls = [{}, { ...GOOD, dark: null, ann: 1 }, { ...GOOD, dark: null }].map((args) => decide(args));
    expect(calls.map(({ outcome, shadow }) => [outcome, shadow])).toEqual([
      ['deny', [dark]],
      ['require_approval', [dark]],
      ['allow', [dark]],
    ]);
  });

  it('tells that it would have held the call, until enough humans agreed', () => {
    const args = { ...GOOD, dim: 1 };
    const told = [decide(args), decide(args, ['x', 'y', 'z'])].map(({ shadow }) => shadow);
    expect(told).toEqual([
      [{ rule: 'pay/dim', reason: "needs a human's approval", source: 'policy.yaml:1:1' }],
      undefined,
    ]);
  });

  it('is not looked at where the tool is not covered', () => {
    expect(decide({}, null, 'nope')).not.toHaveProperty('shadow');
  });
});

it('lets a rule that checks nothing pass', () => {
  expect(decide({ all: 1 }, null, 'free').outcome).toBe('allow');
});
