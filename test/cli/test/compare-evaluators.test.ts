// The two evaluators against each other: a difference between them is found, and nothing else is taken for one.
import { beforeAll, expect, test, vi } from 'vitest';
import { compilePolicy } from '../../../compiler/index.ts';
import type { RegoModule } from '../../../compiler/opa/run-opa.ts';
import { compareEvaluators, type Difference } from '../../../src/cli/test/run/compare-evaluators.ts';
import { type LoadedPolicy, loadOwnBundle } from '../../../src/policy/bundle/load-bundle.ts';

// Each comparison starts OPA's processes, which take long on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const POLICY = `version: "1"
tools:
  pay:
    rules:
      - name: cap
        spend: {per_call: 500, daily: 5000}
      - name: kinds
        arguments: {kind: {enum: [a, b]}}
`;
let policy: LoadedPolicy;
let modules: readonly RegoModule[] = [];

beforeAll(async () => {
  const compiled = await compilePolicy([{ name: 'policy.yaml', text: POLICY }]);
  if (!compiled.ok) throw new Error('the policy does not compile');
  modules = compiled.modules;
  policy = await loadOwnBundle(compiled.bundle);
});

function decided(kind: string, units: number): { input: string; output: string } {
  const input = JSON.stringify({
    version: 1,
    server: 'main',
    agent: { id: 'a', claims: {} },
    session: 's',
    method: 'tools/call',
    tool: 'pay',
    arguments: { kind },
    amounts: { 'pay/cap': units },
    clock: { unix: 0, date: '1970-01-01', weekday: 'thursday', minute_of_day: 0 },
    state: { counters: { 'main/pay/:cap/spend/day': 0 } },
    approval: null,
  });
  return { input, output: JSON.stringify(policy.decide(input)) };
}

async function compare(
  bundles: Parameters<typeof compareEvaluators>[0],
): Promise<Array<readonly Difference[]>> {
  const compared = await compareEvaluators(bundles, { runTask: (task) => task(), coverage: false });
  expect(compared.map(({ coverage }) => coverage)).toEqual(bundles.map(() => []));
  return compared.map(({ differences }) => differences);
}

function doctored(from: string, to: string): RegoModule[] {
  const changed = modules.map(({ path, text }) => ({ path, text: text.replaceAll(from, to) }));
  expect(changed).not.toEqual(modules);
  return changed;
}

test('equal Rego decides equally, whatever the outcome, in one process or several', async () => {
  const few = [decided('a', 1), decided('c', 60_000), decided('b', 50_001)];
  const many = Array.from({ length: 510 }, (_, units) => decided('a', units));
  expect(
    await compare([
      { modules, decisions: few },
      { modules, decisions: many },
    ]),
  ).toEqual([few.map(() => null), many.map(() => null)]);
});

test('a policy.wasm that was made from other Rego is found out, at the inputs where it matters', async () => {
  const decisions = [decided('a', 50_000), decided('a', 50_001), decided('c', 1)];
  const [differences = []] = await compare([{ modules: doctored('50000', '50001'), decisions }]);
  expect(differences.map((difference) => difference && JSON.parse(difference).outcome)).toEqual([
    null,
    'allow',
    null,
  ]);
});

test('Rego that gives no decision differs from one that is made', async () => {
  const [differences] = await compare([
    { modules: doctored('"outcome": "allow"', '"outcome": "perhaps"'), decisions: [decided('a', 1)] },
  ]);
  expect(differences).toEqual([expect.stringContaining('no decision: ')]);
});

test('where neither evaluator has a decision, both deny: that is no difference', async () => {
  const failed = { input: decided('a', 1).input, output: '{"outcome":"deny","rule":"evaluation-failed"}' };
  const perhaps = doctored('"outcome": "allow"', '"outcome": "perhaps"');
  expect(await compare([{ modules: perhaps, decisions: [failed] }])).toEqual([[null]]);
  const [differences] = await compare([{ modules, decisions: [failed] }]);
  expect(differences).toEqual([expect.stringContaining('"outcome":"allow"')]);
});

test.each([
  'the policy could not be evaluated: it took too long, more than 20000000 steps',
  'the policy could not be evaluated: it needs too much memory (opa_malloc: failed)',
])('what the bounds stopped is not asked, since the interpreter has none: %s', async (reason) => {
  const output = JSON.stringify({ outcome: 'deny', rule: 'evaluation-failed', reason });
  const stopped = { input: decided('a', 1).input, output };
  expect(await compare([{ modules, decisions: [stopped] }])).toEqual([[null]]);
});

test('what the host refuses alone is not asked', async () => {
  const refused = { input: 'null', output: '{"outcome":"deny","rule":"arguments-unreadable"}' };
  expect(await compare([{ modules: [], decisions: [refused] }])).toEqual([[null]]);
});
