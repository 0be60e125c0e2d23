// Bundles that an organisation builds with its own opa: from Rego that Regent wrote, or from its own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { clockAt } from '../../src/policy/clock.ts';
import { JsonNumber, type JsonObject } from '../../src/policy/json-node.ts';
import { type LoadedPolicy, loadBundle } from '../../src/policy/load-bundle.ts';
import { buildWithOpa } from '../fixtures/opa-binary.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';
import { makeBundle } from './archive/make-tar.ts';
import { keep, repack } from './bundle-signature/repack.ts';

const DECISION = ['-t', 'wasm', '-e', 'regent/gateway/decision'];

/** Hand-written to the input and output of design section 4. */
const OWN = `package regent.gateway

default decision := {"outcome": "deny", "rule": "none", "reason": "no rule allows it", "violations": []}

decision := {"outcome": "allow"} if {
	input.tool == "pay"
	is_number(input.arguments.amount)
	input.arguments.amount <= data.limits.amount
	input.arguments.note.deep == ["read", "as", "it", "is"]
	input.state.counters == {}
} else := {"outcome": "require_approval", "approval": {"timeout_ms": 60000, "required": 2}} if {
	input.tool == "close"
	input.server == "bank"
}
`;

interface Build {
  readonly rego?: string;
  readonly data?: string;
  readonly manifest?: object;
  readonly args?: readonly string[];
}

function build({
  rego = OWN,
  data = '{"limits": {"amount": 500}}',
  manifest,
  args = DECISION,
}: Build = {}): Buffer {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'src'));
  writeFileSync(path.join(folder, 'src', 'gateway.rego'), rego);
  writeFileSync(path.join(folder, 'src', 'data.json'), data);
  if (manifest !== undefined) writeFileSync(path.join(folder, 'src', '.manifest'), JSON.stringify(manifest));
  buildWithOpa(folder, '-b', 'src', '-o', 'bundle.tar.gz', ...args);
  return readFileSync(path.join(folder, 'bundle.tar.gz'));
}

function decide(policy: LoadedPolicy, tool: string, args: JsonObject): unknown {
  const agent = { id: 'bot', claims: '{}' };
  const prepared = policy.prepare({ server: 'bank', agent, session: 's', tool, arguments: args });
  return policy.decide(
    prepared.input(
      clockAt(0),
      prepared.counters.map(() => 0),
      null,
    ),
  );
}

const payment = (amount: string): JsonObject =>
  new Map<string, JsonObject | JsonNumber>([
    ['amount', new JsonNumber(amount)],
    ['note', new Map([['deep', ['read', 'as', 'it', 'is']]])],
  ]);

describe.each(['-O=0', '-O=1', '-O=2'])('hand-written Rego, built with %s', (level) => {
  test('decides on all arguments, with data of its own', async () => {
    const policy = await loadBundle(build({ args: [...DECISION, level] }));
    expect(decide(policy, 'pay', payment('500'))).toMatchObject({ outcome: 'allow', charges: [] });
    expect(decide(policy, 'pay', payment('500.01'))).toMatchObject({
      outcome: 'deny',
      reason: 'no rule allows it',
    });
    expect(decide(policy, 'pay', new Map())).toMatchObject({ outcome: 'deny' });
    expect(decide(policy, 'close', new Map())).toMatchObject({
      approval: { timeout_ms: 60_000, required: 2 },
    });
  });
});

test('it is put before any server, lists every tool, and says so', async () => {
  const policy = await loadBundle(build());
  expect(policy).toMatchObject({ servers: null, isTrusted: false });
  expect(policy.notes.join('\n')).toMatch(
    /all arguments.*no counters[\s\S]*every tool of the server is listed/,
  );
  expect(policy.isListed('any', { id: 'bot', claims: '{}' }, 'anything')).toBe(true);
  expect([policy.countersOf('any'), policy.namesAgents('any')]).toEqual([[], true]);
});

test('its own listed hides tools', async () => {
  const rego = `${OWN}\ndefault listed := false\n\nlisted if input.tool == "pay"\n`;
  const policy = await loadBundle(build({ rego, args: [...DECISION, '-e', 'regent/gateway/listed'] }));
  const agent = { id: 'bot', claims: '{}' };
  expect(['pay', 'drop'].map((tool) => policy.isListed('any', agent, tool))).toEqual([true, false]);
  expect(policy.notes).toHaveLength(1);
});

test('keys of arguments that differ only in case are refused, since all are read', async () => {
  const policy = await loadBundle(build());
  const args: JsonObject = new Map([...payment('1'), ['Amount', new JsonNumber('9999')]]);
  expect(() => decide(policy, 'pay', args)).toThrow(/differs only in case/);
});

describe('its revision', () => {
  test('is what it calls itself with a digest of its content', async () => {
    const [first, again, other] = await Promise.all(
      [{}, {}, { data: '{"limits": {"amount": 501}}' }].map(async (change) => {
        const args = [...DECISION, '--revision', 'v1.2'];
        return (await loadBundle(build({ ...change, args }))).revision;
      }),
    );
    expect(first).toMatch(/^v1\.2@[0-9a-f]{64}$/);
    expect([again === first, other === first]).toEqual([true, false]);
  });

  test('is the digest alone where it names none', async () => {
    expect((await loadBundle(build())).revision).toMatch(/^[0-9a-f]{64}$/);
  });
});

const NEEDS_HOST = `package regent.gateway

default decision := {"outcome": "deny"}

decision := {"outcome": "allow"} if {
	time.now_ns() > 0
	http.send({"method": "get", "url": input.arguments.url}).status_code == 200
	sprintf("%s", [input.tool]) == "x"
}
`;
const decision = (output: string): Build => ({ rego: `package regent.gateway\n\ndecision := ${output}\n` });

const REFUSED: ReadonlyArray<readonly [what: string, made: () => Buffer, code: string, told: RegExp]> = [
  [
    'Rego only',
    () => build({ args: [] }),
    'bundle-broken',
    /no policy\.wasm \(it holds Rego only\).*opa build -t wasm/,
  ],
  [
    'a plan',
    () => build({ args: ['-t', 'plan', '-e', 'regent/gateway/decision'] }),
    'bundle-broken',
    /no policy\.wasm/,
  ],
  ['no policy', () => makeBundle([{ name: 'data.json', content: '{}' }]), 'bundle-broken', /no Rego either/],
  [
    'another entry point',
    () => build({ rego: `${OWN}\nother := 1\n`, args: ['-t', 'wasm', '-e', 'regent/gateway/other'] }),
    'bundle-broken',
    /no entry point regent\/gateway\/decision \(it has regent\/gateway\/other\).*opa build/,
  ],
  [
    'functions that need a clock, a network or sprintf',
    () => build({ rego: NEEDS_HOST }),
    'bundle-builtin',
    /calls http\.send, sprintf, time\.now_ns, which Regent does not offer/,
  ],
  [
    'no decision on most calls',
    () => build({ rego: OWN.replace('default', '# default') }),
    'bundle-probe',
    /no decision/,
  ],
  ['a decision of another form', () => build(decision('"allow"')), 'bundle-probe', /no decision/],
  [
    'an outcome that is no word of ours',
    () => build(decision('{"outcome": "approve"}')),
    'bundle-probe',
    /outcome/,
  ],
  [
    'a decision that conflicts with itself',
    () => build(conflicting()),
    'bundle-probe',
    /could not be evaluated/,
  ],
  ['broken WebAssembly', () => withWasm(Buffer.from('no module')), 'bundle-broken', /not valid WebAssembly/],
  [
    'a module of an older interface',
    () => withWasm(moduleWith('eval', 'builtins')),
    'bundle-format',
    /lacks opa_eval/,
  ],
  [
    'a manifest of another Regent',
    () => build({ manifest: { metadata: { regent: { format: 99, servers: {} } } } }),
    'bundle-format',
    /another version of Regent/,
  ],
  [
    'a manifest that only looks like ours',
    () => build({ manifest: { metadata: { regent: { format: 1, servers: { main: { tools: null } } } } } }),
    'bundle-broken',
    /Regent's part of the manifest/,
  ],
  [
    'a manifest that names nothing',
    () => build({ manifest: { metadata: { regent: {} } } }),
    'bundle-broken',
    /does not say/,
  ],
  [
    'a manifest that is no object',
    () => withFile('.manifest', '[]'),
    'bundle-broken',
    /manifest .*not a JSON object/,
  ],
  [
    'a manifest with a key twice',
    () => withFile('.manifest', '{"a":1,"a":2}'),
    'bundle-broken',
    /manifest .*twice/,
  ],
  [
    'data that is cut off',
    () => withFile('data.json', '{"limits":'),
    'bundle-broken',
    /data\.json .*cannot be read/,
  ],
  [
    'data that is no object',
    () => withFile('data.json', '[]'),
    'bundle-broken',
    /data\.json .*not a JSON object/,
  ],
];

test.each(REFUSED)('refuses a bundle with %s', async (_, made, code, told) => {
  await expect(loadBundle(made())).rejects.toMatchObject({ code, message: expect.stringMatching(told) });
});

const VIOLATION = '{"rule": "r", "reason": "x", "source": ""}';
const MALFORMED: ReadonlyArray<readonly [what: string, output: string]> = [
  ['no outcome', '{}'],
  ['an outcome in another case', '{"outcome": "Allow"}'],
  ['a list', '[{"outcome": "allow"}]'],
  ['a rule that is no text', '{"outcome": "allow", "rule": 5}'],
  ['a reason that is no text', '{"outcome": "deny", "reason": ["x"]}'],
  [
    'a reason without end',
    '{"outcome": "deny", "reason": concat("", ["xxxxxxxxxx" | numbers.range(1, 2000)[_]])}',
  ],
  ['an allowed call with violations', `{"outcome": "allow", "violations": [${VIOLATION}]}`],
  ['violations that are texts', '{"outcome": "deny", "violations": ["x"]}'],
  ['violations in an object', '{"outcome": "deny", "violations": {}}'],
  ['a held call without its need', '{"outcome": "require_approval"}'],
  [
    'a held call that nobody must approve',
    '{"outcome": "require_approval", "approval": {"timeout_ms": 1, "required": 0}}',
  ],
  [
    'a held call that millions must approve',
    '{"outcome": "require_approval", "approval": {"timeout_ms": 1, "required": 1e9}}',
  ],
  [
    'a timeout that is no whole number',
    '{"outcome": "require_approval", "approval": {"timeout_ms": 1.5, "required": 1}}',
  ],
  ['a negative charge', '{"outcome": "allow", "charges": [{"counter": "c", "amount": -1}]}'],
  ['a charge of half a unit', '{"outcome": "allow", "charges": [{"counter": "c", "amount": 0.5}]}'],
  ['charges that are no list', '{"outcome": "allow", "charges": {"c": 1}}'],
];

test('every decision that is not well-formed denies, one by one', async () => {
  const rules = MALFORMED.map(
    ([what, output]) => `decision := ${output} if input.tool == ${JSON.stringify(what)}\n`,
  );
  const rego = `package regent.gateway\n\ndefault decision := {"outcome": "allow"}\n\n${rules.join('\n')}`;
  const policy = await loadBundle(build({ rego }));
  expect(decide(policy, 'fine', new Map())).toMatchObject({ outcome: 'allow' });
  for (const [what] of MALFORMED) {
    expect(() => decide(policy, what, new Map()), what).toThrow(/no decision that Regent can read/);
  }
});

function conflicting(): Build {
  return {
    rego: 'package regent.gateway\n\ndecision := {"outcome": "allow"} if input.tool\n\ndecision := {"outcome": "deny"} if input.server\n',
  };
}

function withFile(name: string, content: string | Buffer): Buffer {
  return repack(build(), (file) => (file.name === name ? { name: `/${name}`, content } : keep(file)));
}

function withWasm(content: Buffer): Buffer {
  return withFile('policy.wasm', content);
}

/** A module of one function without parameters or results, exported by these names. */
function moduleWith(...names: readonly string[]): Buffer {
  const exports = names.flatMap((name) => [name.length, ...Buffer.from(name), 0, 0]);
  const section = (id: number, bytes: readonly number[]): number[] => [id, bytes.length, ...bytes];
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [names.length, ...exports]),
    ...section(10, [1, 2, 0, 0x0b]),
  ]);
}
