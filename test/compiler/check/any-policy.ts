// Any rules that a policy could hold, as the model says them: what reading must give back.
import fc from 'fast-check';
import type {
  ArgumentCheck,
  Condition,
  Literal,
  Per,
  RateLimit,
  Rule,
  Schema,
  Spend,
  StateCounter,
} from '../../../compiler/model/policy.ts';
import { printPath } from './print-policy.ts';

export const SOMEWHERE = { file: 'p.yaml', line: 1, column: 1 };

const WINDOWS = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const;

const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => !/\p{Cs}/u.test(value));
const shown = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 });
const name = shown.filter((value) => value.trim() === value && !/[/#]/.test(value));

/** Without zeros that idle: the form in which the model keeps numbers. */
const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(6))
  .map(([units, scale]) => {
    const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
    const cut = digits.length - scale;
    const plain = scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`.replace(/\.?0+$/, '');
    return { number: units < 0n ? `-${plain}` : plain };
  });

const literal: fc.Arbitrary<Literal> = fc.letrec<{ value: Literal }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Literal>(null, true, false),
    text,
    number,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(text, tie('value')), { maxLength: 3, selector: ([key]) => key })
      .map((members): Literal => ({ object: members.filter(([key]) => key !== '<<') })),
  ),
})).value;

const steps = fc.array(text, { minLength: 1, maxLength: 3 });
const deepSteps = fc
  .tuple(text, fc.array(fc.oneof(text, fc.constant({ every: true } as const)), { maxLength: 3 }))
  .map(([first, rest]) => [first, ...rest]);
const argument = steps.map((path) => ({ path, pathText: `args${printPath(path)}` }));

const condition: fc.Arbitrary<Condition> = fc
  .tuple(deepSteps, fc.constantFrom('args' as const, 'agent.claims' as const), literal)
  .map(([path, root, value]) => ({
    path: { root, steps: path },
    pathText: `${root}${printPath(path)}`,
    op: 'eq',
    value,
    position: SOMEWHERE,
  }));

const schema: fc.Arbitrary<Schema> = fc.oneof(
  literal.map((value): Schema => ({ const: value })),
  fc.array(literal, { minLength: 1, maxLength: 3 }).map((values): Schema => ({ enum: values })),
  number.map((bound): Schema => ({ minimum: bound, not: { const: bound } })),
  fc.record({ minLength: fc.nat(9), maxLength: fc.integer({ min: 9, max: 99 }) }),
);
const check: fc.Arbitrary<ArgumentCheck> = fc
  .tuple(deepSteps, schema)
  .map(([path, keywords]) => ({ path, pathText: printPath(path), schema: keywords, position: SOMEWHERE }));

const per: fc.Arbitrary<Per | null> = fc.oneof(
  fc.constantFrom(null, { by: 'tool' } as const, { by: 'agent' } as const, { by: 'session' } as const),
  argument.map((value) => ({ by: 'argument' as const, ...value })),
);
const rateLimit: fc.Arbitrary<RateLimit> = fc.record({
  limit: fc.maxSafeNat().map((value) => value + (value === Number.MAX_SAFE_INTEGER ? 0 : 1)),
  window: fc.constantFrom(...WINDOWS),
  sliding: fc.boolean(),
  per,
  position: fc.constant(SOMEWHERE),
});
const units = fc.maxSafeNat();
const spend: fc.Arbitrary<Spend> = fc
  .tuple(units, units, argument, fc.option(argument), fc.nat(6), per)
  .map(([perCall, cap, amount, currency, scale, separate]) => ({
    perCall,
    caps: [{ window: 'day', cap }],
    amount: amount.path,
    amountText: amount.pathText,
    currency: currency?.path ?? null,
    currencyText: currency?.pathText ?? null,
    scale,
    per: separate,
    position: SOMEWHERE,
  }));
const state: fc.Arbitrary<StateCounter> = fc
  .tuple(fc.stringMatching(/^[\w-]{1,9}$/), fc.constantFrom(...WINDOWS), fc.option(argument))
  .map(([counter, window, from]) => ({
    counter,
    window,
    increment: 1,
    incrementFrom: from?.path ?? null,
    incrementFromText: from?.pathText ?? null,
    position: SOMEWHERE,
  }));

/** A rule of the tool `pay`; at least one check, so that it does something. */
const rule: fc.Arbitrary<Rule> = fc
  .record({
    name,
    mode: fc.constantFrom('enforce' as const, 'shadow' as const),
    when: fc.array(condition, { maxLength: 2 }),
    conditions: fc.array(condition, { maxLength: 2 }),
    arguments: fc.uniqueArray(check, { minLength: 1, maxLength: 2, selector: ({ pathText }) => pathText }),
    rateLimit: fc.option(rateLimit),
    spend: fc.option(spend),
    state: fc.option(state),
    onDeny: fc.option(shown.filter((value) => value.trim() !== '')),
    approval: fc.option(
      fc.record({ timeoutMs: fc.integer({ min: 1, max: 10 ** 9 }), required: fc.constant(2) }),
    ),
  })
  .map((read) => {
    const conditions = read.approval === null ? read.conditions : [];
    const action = read.approval === null ? ('evaluate' as const) : ('require_approval' as const);
    return { ...read, id: `pay/${read.name}`, action, conditions, position: SOMEWHERE };
  });

export const rules: fc.Arbitrary<Rule[]> = fc
  .uniqueArray(rule, { maxLength: 4, selector: ({ name: key }) => key })
  .map((all) => all.map((each, index) => ({ ...each, state: index === 0 ? each.state : null })));
