// Bundles that an organisation builds with its own opa: from Rego that Regent wrote, or from its own.
import { describe, expect, test } from 'vitest';
import { JsonNumber, type JsonObject } from '../../../src/policy/arguments/json-node.ts';
import { loadBundle } from '../../../src/policy/bundle/load-bundle.ts';
import { makeBundle } from '../archive/make-tar.ts';
import { keep, repack } from '../bundle-signature/repack.ts';
import { type Build, buildForeign, DECISION, decide, OWN } from './build-foreign.ts';

const payment = (amount: string): JsonObject =>
  new Map<string, JsonObject | JsonNumber>([
    ['amount', new JsonNumber(amount)],
    ['note', new Map([['deep', ['read', 'as', 'it', 'is']]])],
  ]);

describe.each(['-O=0', '-O=1', '-O=2'])('hand-written Rego, built with %s', (level) => {
  test('decides on all arguments, with data of its own', async () => {
    const policy = await loadBundle(buildForeign({ args: [...DECISION, level] }));
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

describe('opa build -O', () => {
  const notesOf = async (bundle: Buffer): Promise<string> => (await loadBundle(bundle)).notes.join('\n');

  test.each(['-O=1', '-O=2'])('%s is noted', async (level) => {
    const rego =
      'package regent.gateway\n\ndefault decision := {"outcome": "deny"}\n\ndecision := {"outcome": "allow"} if input.tool == "pay"\n';
    const bundle = buildForeign({ rego, args: [...DECISION, level] });
    expect(await notesOf(bundle)).toMatch(/opa build -O: .*build it with -O=0/);
  });

  test('is not, where the optimizer found nothing to change', async () => {
    expect(await notesOf(buildForeign({ args: [...DECISION, '-O=2'] }))).not.toContain('-O');
  });

  test('is told from sources in a folder of the same name', async () => {
    const own = repack(buildForeign(), (file) =>
      file.name.endsWith('.rego') ? { ...keep(file), name: '/optimized/gateway.rego' } : keep(file),
    );
    expect(await notesOf(own)).toMatch(
      /^the bundle has no manifest.*\n.*every tool of the server is listed$/,
    );
  });
});

test('it is put before any server, lists every tool, and says so', async () => {
  const policy = await loadBundle(buildForeign());
  expect(policy).toMatchObject({ servers: null, isBounded: true });
  expect(policy.notes.join('\n')).toMatch(
    /all arguments.*no counters[\s\S]*every tool of the server is listed/,
  );
  expect(policy.isListed('any', { id: 'bot', claims: '{}' }, 'anything')).toBe(true);
  expect([policy.countersOf('any'), policy.namesAgents('any')]).toEqual([[], true]);
});

test('its own listed hides tools', async () => {
  const rego = `${OWN}\ndefault listed := false\n\nlisted if input.tool == "pay"\n`;
  const policy = await loadBundle(buildForeign({ rego, args: [...DECISION, '-e', 'regent/gateway/listed'] }));
  const agent = { id: 'bot', claims: '{}' };
  expect(['pay', 'drop'].map((tool) => policy.isListed('any', agent, tool))).toEqual([true, false]);
  expect(policy.notes).toHaveLength(1);
});

test('keys of arguments that differ only in case are refused, since all are read', async () => {
  const policy = await loadBundle(buildForeign());
  const args: JsonObject = new Map([...payment('1'), ['Amount', new JsonNumber('9999')]]);
  expect(() => decide(policy, 'pay', args)).toThrow(/differs only in case/);
});

describe('its revision', () => {
  test('is what it calls itself with a digest of its content', async () => {
    const [first, again, other] = await Promise.all(
      [{}, {}, { data: '{"limits": {"amount": 501}}' }].map(async (change) => {
        const args = [...DECISION, '--revision', 'v1.2'];
        return (await loadBundle(buildForeign({ ...change, args }))).revision;
      }),
    );
    expect(first).toMatch(/^v1\.2@[0-9a-f]{64}$/);
    expect([again === first, other === first]).toEqual([true, false]);
  });

  test('is the digest alone where it names none', async () => {
    expect((await loadBundle(buildForeign())).revision).toMatch(/^[0-9a-f]{64}$/);
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
    () => buildForeign({ args: [] }),
    'bundle-broken',
    /no policy\.wasm \(it holds Rego only\).*opa build -t wasm/,
  ],
  [
    'a plan',
    () => buildForeign({ args: ['-t', 'plan', '-e', 'regent/gateway/decision'] }),
    'bundle-broken',
    /no policy\.wasm/,
  ],
  ['no policy', () => makeBundle([{ name: 'data.json', content: '{}' }]), 'bundle-broken', /no Rego either/],
  [
    'another entry point',
    () => buildForeign({ rego: `${OWN}\nother := 1\n`, args: ['-t', 'wasm', '-e', 'regent/gateway/other'] }),
    'bundle-broken',
    /no entry point regent\/gateway\/decision \(it has regent\/gateway\/other\).*opa build/,
  ],
  [
    'functions that need a clock, a network or sprintf',
    () => buildForeign({ rego: NEEDS_HOST }),
    'bundle-builtin',
    /calls http\.send, sprintf, time\.now_ns, which Regent does not offer/,
  ],
  [
    'no decision on most calls',
    () => buildForeign({ rego: OWN.replace('default', '# default') }),
    'bundle-probe',
    /no decision/,
  ],
  ['a decision of another form', () => buildForeign(decision('"allow"')), 'bundle-probe', /no decision/],
  [
    'an outcome that is no word of ours',
    () => buildForeign(decision('{"outcome": "approve"}')),
    'bundle-probe',
    /outcome/,
  ],
  [
    'a decision that conflicts with itself',
    () => buildForeign(conflicting()),
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
    () => buildForeign({ manifest: { metadata: { regent: { format: 99, servers: {} } } } }),
    'bundle-format',
    /another version of Regent/,
  ],
  [
    'a manifest that only looks like ours',
    () =>
      buildForeign({ manifest: { metadata: { regent: { format: 1, servers: { main: { tools: null } } } } } }),
    'bundle-broken',
    /Regent's part of the manifest/,
  ],
  [
    'a manifest that names nothing',
    () => buildForeign({ manifest: { metadata: { regent: {} } } }),
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

function conflicting(): Build {
  return {
    rego: 'package regent.gateway\n\ndecision := {"outcome": "allow"} if input.tool\n\ndecision := {"outcome": "deny"} if input.server\n',
  };
}

function withFile(name: string, content: string | Buffer): Buffer {
  return repack(buildForeign(), (file) => (file.name === name ? { name: `/${name}`, content } : keep(file)));
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
