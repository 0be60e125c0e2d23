// Values for generated policies and calls: plain data whose numbers keep the digits they are written with.
import fc from 'fast-check';
import { JsonNumber } from '../../src/policy/arguments/json-node.ts';

export type Draft =
  | null
  | boolean
  | string
  | JsonNumber
  | readonly Draft[]
  | { readonly [key: string]: Draft };

/** JSON, and by that YAML as well. */
export function printDraft(draft: Draft): string {
  if (draft instanceof JsonNumber) return draft.text;
  if (Array.isArray(draft)) return `[${draft.map(printDraft).join(', ')}]`;
  if (draft === null || typeof draft !== 'object') return JSON.stringify(draft);
  return `{${Object.entries(draft)
    .map(([key, value]) => `${JSON.stringify(key)}: ${printDraft(value)}`)
    .join(', ')}}`;
}

export function numberDraft(...texts: readonly string[]): fc.Arbitrary<JsonNumber> {
  return fc.constantFrom(...texts).map((text) => new JsonNumber(text));
}

/** Numbers around limits, in spellings that a double or a careless reader would take for others. */
export const NUMBERS = [
  ...[
    '0',
    '-0',
    '1',
    '1.0',
    '1e0',
    '2',
    '3',
    '5',
    '10',
    '-1',
    '-0.01',
    '0.01',
    '1E-2',
    '0.005',
    '0.1',
    '0.3',
  ],
  ...['99.99', '100', '1e2', '100.01', '500', '500.00', '500.010', '500.01', '499.99', '5000', '1e15'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '90071992547409.91', '90071992547409.92'],
  ...[
    '123456789012345678901234567890',
    '123456789012345678901234567891',
    '0.1000000000000000055511151231257827',
  ],
];

export const TEXTS = [
  ...[
    '',
    'x',
    'X',
    'a',
    'abc',
    'ab',
    'GBP',
    'gbp',
    'USD',
    'EUR',
    'true',
    'null',
    '1',
    '500',
    'bot',
    'monday',
  ],
  ...['/data/a', '../etc', 'a\nb', 'é', '😀😀', 'constructor', '__proto__', 'p'.repeat(256), 'p'.repeat(257)],
  ...[
    '😀'.repeat(256),
    'ABCDEFGHIJKLM',
    'A1',
    'ſ',
    'a/b@c',
    'bob@example.com',
    'bob@example',
    '@example.com',
  ],
  ...['bob..x@example.com', '2026-11-22', '2026-02-29', '2024-02-29', '2026-13-01', '12:30:00Z', '12:30:00'],
  ...['24:00:00Z', '12:30:00.5+02:00', '2026-11-22T12:30:00Z', '2026-11-22 12:30:00Z', '2026-11-22T12:30:00'],
  ...[
    '127.0.0.1',
    '256.0.0.1',
    '1.2.3',
    '01.2.3.4',
    '::1',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8',
    '1::2::3',
    ':::',
  ],
  ...[
    'https://example.com/a?b#c',
    'mailto:a@b',
    'no uri',
    '//example.com',
    'example.com',
    '-a.com',
    'a_b.com',
  ],
  ...[
    '123e4567-e89b-12d3-a456-426614174000',
    '123e4567e89b12d3a456426614174000',
    'a.b',
    `${'l'.repeat(64)}.com`,
  ],
];

export const arbitraryText = fc.constantFrom(...TEXTS);
export const arbitraryNumber = numberDraft(...NUMBERS);
export const arbitraryScalar: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 4, arbitrary: arbitraryNumber },
  { weight: 4, arbitrary: arbitraryText },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
);

const MEMBERS = ['price', 'zip', 'x', 'er', 'deep', 'tags', 'Price', '__proto__'];

/** Any value, up to three levels deep. */
export const arbitraryValue: fc.Arbitrary<Draft> = fc.letrec<{ value: Draft }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: arbitraryScalar },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 1, arbitrary: objectOf(fc.constantFrom(...MEMBERS), tie('value')) },
  ),
})).value;

/** Without a prototype, so that `__proto__` is a member as any other. */
export function objectOf(key: fc.Arbitrary<string>, value: fc.Arbitrary<Draft>): fc.Arbitrary<Draft> {
  return fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: false }).map(withoutPrototype);
}

function withoutPrototype(members: Readonly<Record<string, Draft>>): Draft {
  return Object.assign(Object.create(null) as object, members) as Draft;
}

/** Each of the parts or not. */
export function someOf(
  parts: Readonly<Record<string, fc.Arbitrary<Draft>>>,
): fc.Arbitrary<Record<string, Draft>> {
  return fc.record(parts, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Record<string, Draft>>;
}
