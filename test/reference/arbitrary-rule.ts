// Random rules: conditions on everything that a policy can look at, argument checks, limits and counters.
import fc from 'fast-check';
import { WEEKDAYS, WINDOWS } from '../../compiler/schema/grammar.ts';
import { arbitrarySchema, PATTERNS } from './arbitrary-schema.ts';
import { arbitraryScalar, arbitraryValue, type Draft, numberDraft, someOf } from './draft.ts';

export const AGENT_IDS = ['bot', 'bot-1', 'bot-*', 'bet', 'anonymous', 'ops team', '', '😀', 'constructor'];
export const SESSIONS = ['s-1', 's-2', ''];

const ARGUMENT_PATHS = [
  ...['amount', 'currency', 'to', 'force', 'note', 'account', 'items', 'items[*]', 'items[*].price', 'tags'],
  ...['items[*].tags[*]', 'tags[*]', 'address', 'address.zip', 'meta.deep.er', 'meta', 'matrix[*][*]'],
  ...['["odd.name"].x', '__proto__', 'constructor.x'],
];
const SINGLE_PATHS = ['args.amount', 'args.account', 'args.to', 'args.address.zip', 'args["odd.name"].x'];

const argumentPath = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('amount', 'currency', 'to') },
  { weight: 2, arbitrary: fc.constantFrom(...ARGUMENT_PATHS) },
);
const equality = fc.constantFrom('eq', 'neq');
const membership = fc.constantFrom('in', 'not_in');
const order = fc.constantFrom('lt', 'lte', 'gt', 'gte');

interface Compared {
  readonly path: fc.Arbitrary<string>;
  readonly value: fc.Arbitrary<Draft>;
}

function compared({ path, value }: Compared, ops: fc.Arbitrary<string>): fc.Arbitrary<Draft> {
  return fc.record({ path, op: ops, value });
}

/** Every operator whose value may be of any type. */
function withAnyValue(path: fc.Arbitrary<string>): fc.Arbitrary<Draft> {
  const value = fc.oneof(arbitraryScalar, arbitraryValue);
  const list = fc.array(value, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    compared({ path, value }, equality),
    compared({ path, value: list }, membership),
    compared({ path, value: numberDraft('0', '1', '500', '500.01', '9007199254740992', '1e2') }, order),
    compared({ path, value: fc.constantFrom(...PATTERNS) }, fc.constant('regex')),
    compared({ path, value }, fc.constant('contains')),
    compared({ path, value: fc.boolean() }, fc.constant('exists')),
    fc.record({ path, op: fc.constant('exists') }),
  );
}

/** Paths whose values have a known type. */
function withTypedValue({ path, value }: Compared): fc.Arbitrary<Draft> {
  return fc.oneof(
    compared({ path, value }, equality),
    compared({ path, value: fc.array(value, { minLength: 1, maxLength: 3 }) }, membership),
    compared({ path, value: fc.boolean() }, fc.constant('exists')),
    compared({ path, value: fc.constantFrom(...PATTERNS) }, fc.constant('regex')),
  );
}

const date = {
  path: fc.constant('clock.date'),
  value: fc.constantFrom('2026-11-22', '2026-11-23', '2024-02-29'),
};
const minute = { path: fc.constant('clock.minute_of_day'), value: numberDraft('0', '540', '904', '1439') };
const clockCondition: fc.Arbitrary<Draft> = fc.oneof(
  withTypedValue({ path: fc.constant('clock.weekday'), value: fc.constantFrom(...WEEKDAYS) }),
  withTypedValue(date),
  withTypedValue(minute),
  fc.oneof(compared(date, order), compared(minute, order)),
);
const callerCondition: fc.Arbitrary<Draft> = fc.oneof(
  withTypedValue({ path: fc.constant('agent.id'), value: fc.constantFrom(...AGENT_IDS) }),
  withTypedValue({ path: fc.constant('session'), value: fc.constantFrom(...SESSIONS) }),
  withAnyValue(fc.constantFrom('agent.claims.role', 'agent.claims.level', 'agent.claims.teams[*]')),
);

const argumentCondition = withAnyValue(
  argumentPath.map((path) => (path.startsWith('[') ? `args${path}` : `args.${path}`)),
);

/** `counters` are the paths of the counters that the policy declares. */
export function arbitraryCondition(counters: readonly string[]): fc.Arbitrary<Draft> {
  return fc.oneof(
    { weight: 5, arbitrary: argumentCondition },
    { weight: 1, arbitrary: clockCondition },
    { weight: 1, arbitrary: callerCondition },
    ...(counters.length === 0 ? [] : [{ weight: 3, arbitrary: counterCondition(counters) }]),
  );
}

function counterCondition(counters: readonly string[]): fc.Arbitrary<Draft> {
  const path = fc.constantFrom(...counters);
  const value = numberDraft('0', '1', '2', '5', '10', '2.5');
  return fc.oneof(compared({ path, value }, order), withTypedValue({ path, value }));
}

const per = fc.constantFrom('tool', 'agent', 'session', ...SINGLE_PATHS);
const window = fc.constantFrom(...WINDOWS);
const limit = fc.integer({ min: 1, max: 4 });

const rateLimit: fc.Arbitrary<Draft> = fc.oneof(
  fc.tuple(limit, window).map(([count, word]) => `${count}/${word}`),
  fc
    .tuple(someOf({ sliding: fc.boolean(), per }), window, numberDraft('1', '2', '3', '9007199254740991'))
    .map(([parts, word, count]) => ({ limit: count, window: word, ...parts })),
);

const CAPS = ['0', '100', '500', '500.01', '500.010', '1e2', '5000', '90071992547409.91'];
const WHOLE_CAPS = ['0', '100', '500', '1e2', '5000', '9007199254740991'];

const spend: fc.Arbitrary<Draft> = fc
  .constantFrom(['2', CAPS], ['0', WHOLE_CAPS], ['3', CAPS.slice(0, -1)], [null, CAPS])
  .chain((choice) => {
    const [scale, caps] = choice as [string | null, string[]];
    const cap = numberDraft(...caps);
    const capped = fc.oneof(
      fc.record({ per_call: cap }),
      fc.record({ per_call: cap, daily: cap }),
      someOf({ hourly: cap, daily: cap, weekly: cap, monthly: cap }),
    );
    const options = someOf({
      amount: fc.constantFrom(...SINGLE_PATHS),
      currency: fc.constantFrom('args.currency', 'args.address.zip'),
      per,
    });
    const scaled = scale === null ? fc.constant({}) : fc.record({ scale: numberDraft(scale) });
    return fc.tuple(capped, options, scaled).map((parts) => Object.assign({}, ...parts) as Draft);
  });

/** `counter`: the name of the counter that this rule keeps. */
function stateBlock(counter: string): fc.Arbitrary<Draft> {
  const named = { counter: fc.constant(counter), window };
  return fc.oneof(
    fc.record(named),
    fc.record({ ...named, increment: numberDraft('1', '3') }),
    fc.record({ ...named, increment_from: fc.constantFrom(...SINGLE_PATHS) }),
  );
}

const argumentChecks = fc.dictionary(argumentPath, arbitrarySchema, {
  minKeys: 1,
  maxKeys: 2,
  noNullPrototype: true,
});

const common = { name: fc.constantFrom('one', 'two', 'the third', 'é 4'), on_deny: fc.constant('Ask Ann.') };
const mode = fc.constantFrom('enforce', 'enforce', 'shadow');

export interface RuleScope {
  /** Paths of the counters that conditions may read. */
  readonly counters: readonly string[];
  /** The counter that this rule keeps. */
  readonly counter: string | null;
}

export function arbitraryRule({ counters, counter }: RuleScope): fc.Arbitrary<Draft> {
  const conditions = fc.array(arbitraryCondition(counters), { minLength: 1, maxLength: 2 });
  const outline = someOf({ ...common, mode, when: conditions });
  const checks = fc.oneof(
    fc.record({ conditions }),
    fc.record({ arguments: argumentChecks }),
    fc.record({ rate_limit: rateLimit }),
    fc.record({ spend }),
    someOf({ arguments: argumentChecks, rate_limit: rateLimit, spend }),
  );
  const state = counter === null ? fc.constant({}) : fc.record({ state: stateBlock(counter) });
  const evaluating = fc.tuple(outline, checks, state).map((parts) => Object.assign({}, ...parts) as Draft);
  const held = someOf({ approval_timeout: fc.constantFrom('10m', '1h'), approvals: numberDraft('1', '2') });
  const holding = fc
    .tuple(outline, fc.oneof(fc.constant({}), checks), state, held)
    .map((parts) => Object.assign({ action: 'require_approval' }, ...parts) as Draft);
  const denying = fc
    .tuple(outline, conditions)
    .map((parts) => ({ action: 'deny', ...parts[0], conditions: parts[1] }));
  return fc.oneof(
    { weight: 6, arbitrary: evaluating },
    { weight: 2, arbitrary: holding },
    ...(counter === null ? [{ weight: 2, arbitrary: denying }] : []),
  );
}
