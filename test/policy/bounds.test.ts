// Hand-written Rego that tries to harm its host: every attack ends in a denial, in bounded time and memory, and the next
// call is judged as if nothing had happened.
import { beforeAll, describe, expect, test } from 'vitest';
import { BUNDLE_FORMAT, type ServerPlan } from '../../compiler/model/manifest.ts';
import { buildBundle } from '../../compiler/opa/opa-operations.ts';
import { type LoadedPolicy, loadBundle, loadOwnBundle } from '../../src/policy/bundle/load-bundle.ts';
import { readVerifiedArchive } from '../../src/policy/bundle-signature/read-verified-archive.ts';
import { BOUNDS, createEvaluator } from '../../src/policy/wasm-evaluator.ts';
import { compileSoundly, QUERY_POLICY } from '../compiler/custom/compile-custom.ts';
import { buildForTest } from './load-policy.ts';

const range = (name: string, count: number): string => `some ${name} in numbers.range(1, ${count})`;

/** Each would take minutes, or all memory, or abort. */
const ATTACKS = {
  loops: `count([1 | ${range('a', 5000)}; ${range('b', 5000)}; ${range('c', 5000)}; a + b + c == 0]) > 0`,
  list: 'count(numbers.range(1, 1000000000)) > 0',
  set: `count({[a, b] | ${range('a', 100000)}; ${range('b', 100000)}}) > 0`,
  texts: `count([text | ${range('a', 1000)}; text := concat("", [json.marshal(b) | ${range('b', 20000)}])]) > 0`,
  regex: `count([1 | ${range('a', 100000)}; regex.match(concat("", ["^.{1,900}", json.marshal(a), "$"]), "aaaa")]) > 0`,
  walk: `count([1 | ${range('a', 1000)}; walk([[[b, c] | ${range('c', 100)}] | ${range('b', 100)}], [_, a])]) > 0`,
  product: `product([large | ${range('a', 20000)}; large := 99999999999999999999 + a]) > 0`,
} as const;

const HOSTILE = `package regent.custom.hostile

${Object.entries(ATTACKS)
  .map(
    ([name, body]) =>
      `deny contains {"rule": "${name}", "msg": "done"} if {\n\tinput.arguments.attack == "${name}"\n\t${body}\n}\n`,
  )
  .join('\n')}
verdict := "one" if input.arguments.attack == "conflict"

verdict := "two" if input.arguments.attack == "conflict"

deny contains {"rule": "conflict", "msg": verdict} if verdict

deny contains {"rule": "whole", "msg": "never"} if count(input.arguments) > 1000
`;

const NOTHING = { arguments: [], counters: [], amounts: [] };
const SERVER: ServerPlan = { namesAgents: false, default: 'deny', tools: {}, globs: [], all: NOTHING };

let bundle: Buffer;
let policy: LoadedPolicy;
beforeAll(async () => {
  ({ bundle } = await compileSoundly(QUERY_POLICY, { 'hostile.rego': HOSTILE }));
  policy = await loadOwnBundle(bundle);
}, 120_000);

function inputOf(args: string): string {
  return `{"version":1,"server":"main","agent":{"id":"bot","claims":{}},"tool":"query","arguments":${args},"state":{"counters":{}},"approval":null}`;
}

function attack(name: string): void {
  policy.decide(inputOf(JSON.stringify({ attack: name })));
}

function expectSound(): void {
  expect(policy.decide(inputOf('{}')).outcome).toBe('allow');
}

describe('an attack by', () => {
  test.each(Object.keys(ATTACKS))('%s ends the evaluation, and the next one is sound', (name) => {
    expect(() => attack(name)).toThrow(
      /could not be evaluated: it (took too long, more than \d+ steps|needs too much memory)/,
    );
    expectSound();
  });

  test('endless loops takes a second at most, even on a busy machine', () => {
    const start = process.cpuUsage();
    expect(() => attack('loops')).toThrow('took too long');
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(1000);
  });

  test('aborts, 600 in a row, which would kill an instance that lived on', () => {
    for (let round = 0; round < 600; round += 1) expect(() => attack('conflict')).toThrow('conflict');
    expectSound();
  });

  test('arguments that are nested beyond the stack', () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(() => policy.decide(inputOf(deep))).toThrow('could not be evaluated');
    expectSound();
  });

  test('arguments that fill the memory', () => {
    const wide = `{"a":[${Array.from({ length: 1_500_000 }, () => '"x"').join(',')}]}`;
    expect(() => policy.decide(inputOf(wide))).toThrow('could not be evaluated');
    expectSound();
  });
});

test('steps are the same in every instance: equal calls get equal decisions, at the very bound too', async () => {
  const archive = await readVerifiedArchive(bundle, null);
  const [one, other] = [0, 1].map(() => createEvaluator({ ...archive, isBounded: true }));
  const input = inputOf('{"attack":"none"}');
  const isDone = (evaluator: typeof one, steps: number): boolean => {
    try {
      return evaluator?.evaluate(input, 'regent/gateway/decision', steps) !== undefined;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high: number = BOUNDS.steps;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isDone(one, middle)) high = middle;
    else low = middle;
  }
  expect(high).toBeGreaterThan(100);
  expect(high).toBeLessThan(BOUNDS.listSteps);
  for (let round = 0; round < 5; round += 1)
    expect([isDone(other, low), isDone(other, high)]).toEqual([false, true]);
});

test('policies of YAML alone are not bounded where Regent compiled them itself, and are as bundles from elsewhere', async () => {
  const built = await buildForTest('version: "1"\ntools:\n  query:\n    rules:\n      - rate_limit: 5/day\n');
  const [own, given] = [await loadOwnBundle(built), await loadBundle(built)];
  expect([own.isBounded, given.isBounded, policy.isBounded]).toEqual([false, true, true]);
  expect(given.revision).toBe(own.revision);
});

test('bounds change no decision', async () => {
  const archive = await readVerifiedArchive(
    await buildForTest('version: "1"\ntools:\n  query:\n    rules:\n      - rate_limit: 5/day\n'),
    null,
  );
  const [plain, bounded] = [false, true].map((isBounded) => createEvaluator({ ...archive, isBounded }));
  for (const count of [0, 4, 5]) {
    const input = inputOf('{}').replace('"counters":{}', `"counters":{"main/query/rate_limit/day":${count}}`);
    const decide = (evaluator: typeof plain): unknown =>
      evaluator?.evaluate(input, 'regent/gateway/decision');
    expect(decide(bounded)).toEqual(decide(plain));
    expect(decide(plain)).toMatchObject({ outcome: count < 5 ? 'allow' : 'deny' });
  }
});

test('a tool that a foreign bundle takes long to list is not shown', async () => {
  const gateway = `package regent.gateway

decision := {"outcome": "allow"}

default listed := false

listed if count([1 | ${range('a', 9999)}; ${range('b', 9999)}; a * b == 0]) == 0
`;
  const built = await buildBundle({
    modules: [{ path: 'gateway.rego', text: gateway }],
    data: {},
    entrypoints: ['regent/gateway/decision', 'regent/gateway/listed'],
    revision: 'foreign',
    metadata: { regent: { format: BUNDLE_FORMAT, servers: { main: SERVER } } },
  });
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  const foreign = await loadBundle(built.bundle);
  expect(foreign.isBounded).toBe(true);
  expect(foreign.decide(inputOf('{}')).outcome).toBe('allow');
  expect(foreign.isListed('main', { id: 'bot', claims: '{}' }, 'query')).toBe(false);
});
