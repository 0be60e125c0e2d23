// Random calls, biased to hit what a policy looks at: its tools, its values, and amounts at and just beyond its limits.
import fc from 'fast-check';
import type { Policy } from '../../compiler/model/policy.ts';
import { type JsonNode, JsonNumber, type JsonObject } from '../../src/policy/arguments/json-node.ts';
import { readArguments } from '../../src/proxy/read/read-arguments.ts';
import { AGENT_IDS, SESSIONS } from './arbitrary-rule.ts';
import {
  arbitraryNumber,
  arbitraryScalar,
  arbitraryText,
  arbitraryValue,
  type Draft,
  printDraft,
} from './draft.ts';

export interface GeneratedCall {
  readonly server: string;
  readonly tool: string;
  readonly agentId: string;
  /** JSON text. */
  readonly claims: string;
  readonly session: string;
  /** JSON text, as the agent sent it. */
  readonly argumentsText: string;
  readonly clockMs: number;
  readonly approvers: number | null;
  /** For each counter in turn: how far below its limit it stands, in calls or in amounts of this call. */
  readonly distances: readonly number[];
}

const OTHER_TOOLS = [
  'get_x',
  'delete_all',
  'pxy',
  'paypal',
  'secret',
  'xy',
  'x',
  '*',
  'get_*',
  'PAY',
  '',
  'p\ny',
  '😀',
];
const MOMENTS = [
  '2026-11-22T15:04:00Z',
  '2026-11-23T00:00:00Z',
  '2024-02-29T09:00:00Z',
  '2026-12-31T23:59:59.999Z',
];

export function arbitraryCall(policy: Policy): fc.Arbitrary<GeneratedCall> {
  const names = policy.tools.map(({ name }) => name.text);
  const values = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...literalsOf(policy)) },
    { weight: 1, arbitrary: arbitraryValue },
  );
  return fc.record({
    server: fc.oneof(
      { weight: 99, arbitrary: fc.constant(policy.server) },
      { weight: 1, arbitrary: fc.constant('other') },
    ),
    tool: fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .constantFrom(...names, 'pay')
          .map((name) => name.replaceAll('*', 'a').replaceAll('?', 'a')),
      },
      { weight: 1, arbitrary: fc.constantFrom(...OTHER_TOOLS) },
    ),
    agentId: fc.constantFrom(...AGENT_IDS),
    claims: claims(values).map(printDraft),
    session: fc.constantFrom(...SESSIONS),
    argumentsText: callArguments(values).map(printDraft),
    clockMs: fc.constantFrom(...MOMENTS).map((moment) => Date.parse(moment)),
    approvers: fc.constantFrom(null, null, null, 0, 1, 2),
    distances: fc.array(fc.constantFrom(0, 0, 1, 1, 2, -1, 3), { minLength: 12, maxLength: 12 }),
  });
}

/** Strictly read, as the sidecar reads them. */
export function readObject(text: string): JsonObject {
  const read = readArguments(Buffer.from(text));
  if ('problem' in read) throw new Error(`${read.problem}: ${text}`);
  return read.arguments;
}

function claims(values: fc.Arbitrary<Draft>): fc.Arbitrary<Draft> {
  return members({ role: values, level: values, teams: fc.array(values, { maxLength: 2 }) });
}

function callArguments(values: fc.Arbitrary<Draft>): fc.Arbitrary<Draft> {
  const list = fc.array(values, { maxLength: 3 });
  const item = fc.oneof(
    {
      weight: 3,
      arbitrary: members({
        price: fc.oneof(arbitraryNumber, values),
        tags: fc.oneof(list, values),
        x: values,
      }),
    },
    { weight: 1, arbitrary: values },
  );
  const shaped = {
    amount: fc.oneof({ weight: 4, arbitrary: arbitraryNumber }, { weight: 1, arbitrary: values }),
    currency: fc.oneof(fc.constantFrom('USD', 'usd', 'GBP', 'X', 'Sſ'), values, arbitraryText),
    to: fc.oneof(values, arbitraryText),
    account: fc.oneof(arbitraryText, arbitraryNumber),
    items: fc.oneof(
      { weight: 4, arbitrary: fc.array(item, { maxLength: 3 }) },
      { weight: 1, arbitrary: values },
    ),
    tags: fc.oneof(list, list, values),
    address: fc.oneof(members({ zip: values, x: values }), members({ zip: arbitraryNumber }), values),
    meta: fc.oneof(members({ deep: fc.oneof(members({ er: values }), values) }), values),
    matrix: fc.oneof(fc.array(fc.oneof(list, list, values), { maxLength: 2 }), values),
    'odd.name': fc.oneof(members({ x: values }), values),
    ['__proto__']: fc.oneof({ weight: 9, arbitrary: arbitraryScalar }, { weight: 1, arbitrary: values }),
    constructor: fc.oneof(members({ x: values }), values),
    force: values,
    note: values,
    Amount: fc.constantFrom<Draft>(new JsonNumber('1')),
    unread: arbitraryValue,
  };
  return members(shaped).map(mostlyWithout('Amount'));
}

/** A member that makes most calls ambiguous stays in few of them. */
function mostlyWithout(name: string): (draft: Draft) => Draft {
  return (draft) => {
    const { [name]: value, ...rest } = draft as Record<string, Draft>;
    return value !== undefined && Object.keys(rest).length % 11 === 3
      ? draft
      : (Object.setPrototypeOf(rest, null) as Draft);
  };
}

/** Most of the members, in an object without prototype. */
function members(parts: Readonly<Record<string, fc.Arbitrary<Draft>>>): fc.Arbitrary<Draft> {
  const entries = Object.entries(parts).map(([key, value]) =>
    fc.tuple(fc.constant(key), fc.option(value, { freq: 4, nil: undefined })),
  );
  return fc.tuple(...entries).map((drawn) => {
    const object = Object.create(null) as Record<string, Draft>;
    for (const [key, value] of drawn) if (value !== undefined) object[key] = value;
    return object;
  });
}

/** Every value that stands in the policy, numbers also one step beyond and as texts. */
function literalsOf(policy: Policy): Draft[] {
  const found: Draft[] = [];
  visit(policy.tools, found);
  return [...found, 'x', new JsonNumber('1'), true];
}

function visit(node: unknown, found: Draft[]): void {
  if (typeof node === 'string') found.push(node);
  if (typeof node !== 'object' || node === null) return;
  if ('number' in node && typeof node.number === 'string') found.push(...near(node.number));
  else if ('object' in node) found.push(toDraft(node.object as ReadonlyArray<readonly [string, unknown]>));
  else
    for (const [key, value] of Object.entries(node)) {
      if (key === 'const' || key === 'value') found.push(literalDraft(value));
      if (!SKIPPED.has(key)) visit(value, found);
    }
}

const SKIPPED = new Set([
  'position',
  'id',
  'name',
  'path',
  'op',
  'action',
  'mode',
  'onDeny',
  'window',
  'type',
]);

function near(text: string): Draft[] {
  const beyond = text.includes('.') ? `${text}1` : `${text}.01`;
  return [
    new JsonNumber(text),
    new JsonNumber(beyond),
    new JsonNumber(text.includes('.') ? `${text}0` : `${text}e0`),
    text,
  ];
}

function toDraft(entries: ReadonlyArray<readonly [string, unknown]>): Draft {
  const object = Object.create(null) as Record<string, Draft>;
  for (const [key, value] of entries) object[key] = literalDraft(value);
  return object;
}

function literalDraft(value: unknown): Draft {
  if (Array.isArray(value)) return value.map(literalDraft);
  if (typeof value !== 'object' || value === null) return value as Draft;
  if ('number' in value) return new JsonNumber(String(value.number));
  return toDraft((value as { object: ReadonlyArray<readonly [string, unknown]> }).object);
}

/** Whether the host may refuse to show these arguments to the policy: generated keys are in lower case otherwise. */
export function hasAmbiguousKey(node: JsonNode): boolean {
  if (Array.isArray(node)) return node.some(hasAmbiguousKey);
  if (!(node instanceof Map)) return false;
  return [...node].some(
    ([key, value]) =>
      key !== key.toLowerCase() || (key === '__proto__' && value instanceof Map) || hasAmbiguousKey(value),
  );
}
