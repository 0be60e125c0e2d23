// Random JSON Schema keywords, nested: bounds never contradict each other, since such policies are refused.
import fc from 'fast-check';
import { SCHEMA_FORMATS, SCHEMA_TYPES } from '../../compiler/schema/grammar.ts';
import { arbitraryNumber, arbitraryScalar, arbitraryValue, type Draft, numberDraft } from './draft.ts';

type Keywords = Record<string, Draft>;

/** Expressions that JavaScript and RE2 read alike. */
export const PATTERNS = [
  ...[
    '^[A-Z]{3}$',
    '^[a-z]+$',
    '[0-9]',
    '^/data/',
    'a|b',
    '^$',
    '@example[.]com$',
    '[^a-z]',
    '^(?:ab|ba)?x?$',
  ],
  ...['é', '^.{2}$', 'b$', '\\.\\.', '^[^/]*$', ''],
];

const type: fc.Arbitrary<Keywords> = fc.record({
  type: fc.oneof(
    fc.constantFrom(...SCHEMA_TYPES),
    fc.subarray([...SCHEMA_TYPES], { minLength: 1, maxLength: 3 }),
  ),
});
const members: fc.Arbitrary<Keywords> = fc.oneof(
  fc.record({ enum: fc.array(fc.oneof(arbitraryScalar, arbitraryValue), { minLength: 1, maxLength: 4 }) }),
  fc.record({ const: fc.oneof(arbitraryScalar, arbitraryValue) }),
);
const bounds: fc.Arbitrary<Keywords> = fc.oneof(
  fc.record({ minimum: arbitraryNumber }),
  fc.record({ maximum: arbitraryNumber }),
  fc.record({ exclusiveMinimum: arbitraryNumber }),
  fc.record({ exclusiveMaximum: arbitraryNumber }),
  fc.record({
    minimum: numberDraft('0', '-1', '0.01'),
    exclusiveMaximum: numberDraft('500', '500.01', '1e15'),
  }),
  fc.record({ multipleOf: numberDraft('0.01', '1', '2', '0.1', '0.3', '5', '1e-7', '3e5') }),
);
const lengths = sizes('minLength', 'maxLength', ['0', '1', '2', '3', '10', '256']);
const texts: fc.Arbitrary<Keywords> = fc.oneof(
  lengths,
  fc.record({ pattern: fc.constantFrom(...PATTERNS) }),
  fc.record({ format: fc.constantFrom(...SCHEMA_FORMATS) }),
);

function sizes(low: string, high: string, counts: readonly string[]): fc.Arbitrary<Keywords> {
  const count = numberDraft(...counts);
  return fc.oneof(
    fc.record({ [low]: count }),
    fc.record({ [high]: count }),
    fc.record({ [low]: numberDraft('0', '1'), [high]: numberDraft('1', '2') }),
  );
}

function lists(below: fc.Arbitrary<Keywords>): fc.Arbitrary<Keywords> {
  return fc.oneof(sizes('minItems', 'maxItems', ['0', '1', '2', '3']), fc.record({ items: below }));
}

const memberName = fc.constantFrom('price', 'zip', 'x', 'er', 'tags', 'constructor');

function objects(below: fc.Arbitrary<Keywords>): fc.Arbitrary<Keywords> {
  return fc.oneof(
    fc.record({
      properties: fc.dictionary(memberName, below, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
    }),
    fc.record({ required: fc.uniqueArray(memberName, { minLength: 1, maxLength: 2 }) }),
  );
}

function combined(below: fc.Arbitrary<Keywords>): fc.Arbitrary<Keywords> {
  const list = fc.array(below, { minLength: 1, maxLength: 3 });
  return fc.oneof(fc.record({ not: below }), fc.record({ anyOf: list }), fc.record({ allOf: list }));
}

/** Mostly one keyword, sometimes several of any kinds. */
export const arbitrarySchema: fc.Arbitrary<Keywords> = fc.letrec<{ schema: Keywords; part: Keywords }>(
  (tie) => ({
    part: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 4, arbitrary: fc.oneof(type, members, bounds, texts) },
      { weight: 1, arbitrary: lists(tie('schema')) },
      { weight: 1, arbitrary: objects(tie('schema')) },
      { weight: 2, arbitrary: combined(tie('schema')) },
    ),
    schema: fc.oneof(
      { weight: 4, arbitrary: tie('part') },
      { weight: 1, arbitrary: fc.tuple(tie('part'), tie('part')).map(([one, other]) => joined(one, other)) },
    ),
  }),
).schema;

/** Bounds of one kind are kept from one of the two only. */
function joined(one: Keywords, other: Keywords): Keywords {
  const isBound = (keyword: string): boolean => /^(exclusive|min|max)/.test(keyword);
  return Object.keys(one).some(isBound) && Object.keys(other).some(isBound) ? one : { ...one, ...other };
}
