// The real opa on what `regent compile --rego` writes, unchanged: it formats, checks, tests and builds it, and decides alike.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LoadedPolicy, loadBundle } from '../../src/policy/bundle/load-bundle.ts';
import { clockAt } from '../../src/policy/clock.ts';
import { readDecision } from '../../src/policy/read-decision.ts';
import { readArguments } from '../../src/proxy/read/read-arguments.ts';
import { runRealOpa } from '../fixtures/opa-binary.ts';
import { addTest, POLICIES, type WrittenRego, writeRego } from './written-rego.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const AT = '2026-11-22T15:04:00Z';

describe.each(POLICIES)('the Rego of %s', (name) => {
  let written: WrittenRego;
  beforeAll(() => {
    written = writeRego(name);
  });
  afterAll(() => written.bench.remove());
  const opa = (...args: readonly string[]) => runRealOpa(written.folder, ...args);

  test('is formatted as opa fmt wants it', () => {
    expect(opa('fmt', '--list', '.')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test.each([['as files'], ['as a bundle', '--bundle']])('passes opa check --strict %s', (_, ...flags) => {
    expect(opa('check', '--strict', ...flags, '.')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('becomes a bundle by opa build that decides as the one that Regent has made', async () => {
    const build = [
      'build',
      '-b',
      '-t',
      'wasm',
      '-e',
      'regent/gateway/decision',
      '-o',
      '../built.tar.gz',
      '.',
    ];
    expect(opa(...build)).toMatchObject({ status: 0 });
    const built = await loadBundle(readFileSync(path.join(written.bench.folder, 'built.tar.gz')));
    const own = await loadBundle(readFileSync(written.bundle));
    expect(built.servers).toEqual(own.servers);
    const server = own.servers?.[0] ?? '';
    for (const tool of ['none', 'pay', 'create_payment', 'read_file']) {
      const { input } = prepare(own, server, tool, '{"amount": 5}');
      expect(built.decide(input)).toEqual(own.decide(input));
    }
  });

  test('is tested by opa test, with the tests beside it', () => {
    addTest(written);
    const { status, stdout } = opa('test', '--format', 'json', '--fail-on-empty', '.');
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'test_a_tool_that_nobody_listed_is_denied' }]);
    expect(status).toBe(0);
    expect(opa('fmt', '--list', '.').stdout).toBe('');
  });
});

describe('opa eval', () => {
  let written: WrittenRego;
  let policy: LoadedPolicy;
  beforeAll(async () => {
    written = writeRego('policies/finance/policy.yaml');
    policy = await loadBundle(readFileSync(written.bundle));
  });
  afterAll(() => written.bench.remove());

  test.each([
    ['an allowed call', 'get_balance', '{}', 'allow'],
    ['a payment at the cap', 'create_payment', '{"amount": 500, "currency": "GBP"}', 'allow'],
    ['a payment over the cap', 'create_payment', '{"amount": 500.01, "currency": "GBP"}', 'deny'],
    ['a payment of a text', 'create_payment', '{"amount": "5", "currency": "GBP"}', 'deny'],
    ['a refund', 'create_refund', '{"amount": 150}', 'deny'],
    ['a held call', 'close_account', '{}', 'require_approval'],
    ['a tool that is not listed', 'drop_everything', '{"really": true}', 'deny'],
  ])('decides as regent eval: %s', (_, tool, args, outcome) => {
    const flags = ['--tool', tool, '--arguments', args, '--at', AT];
    const told = written.bench.run('eval', '-c', written.policy, ...flags);
    const server = policy.servers?.[0] ?? '';
    const { input } = prepare(policy, server, tool, args);
    written.bench.write('input.json', input);
    const decision = 'data.regent.gateway.decision';
    const evaluate = ['eval', '-d', '.', '-i', '../input.json', '--format', 'raw', decision];
    const { stdout, stderr } = runRealOpa(written.folder, ...evaluate);
    expect(stderr).toBe('');
    expect(readDecision(JSON.parse(stdout))).toEqual(JSON.parse(told.stdout));
    expect(JSON.parse(told.stdout).outcome).toBe(outcome);
  });
});

/** As the sidecar asks, with all counters at zero. */
function prepare(policy: LoadedPolicy, server: string, tool: string, args: string): { input: string } {
  const read = readArguments(Buffer.from(args));
  if ('problem' in read) throw new Error(read.problem);
  const agent = { id: 'anonymous', claims: '{}' };
  const call = { server, agent, session: 'eval', tool, arguments: read.arguments };
  const prepared = policy.prepare(call);
  const zeros = prepared.counters.map(() => 0);
  return { input: prepared.input(clockAt(Date.parse(AT)), zeros, null) };
}
