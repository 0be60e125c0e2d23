// The whole compiler, from YAML to a bundle that the host loads.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../compiler/index.ts';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import { loadBundle } from '../../src/policy/bundle/load-bundle.ts';
import { loadForTest, type PolicyUnderTest } from './generate/evaluate-policy.ts';

const FINANCE = readFileSync(new URL('../../policies/finance/policy.yaml', import.meta.url), 'utf8');

async function compile(text: string, options = {}) {
  const result = await compilePolicy([{ name: 'dir/finance.yaml', text }], options);
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return result;
}

const DAY = 'main/create_payment/:per-call-cap/spend/day';
const REFUNDS = 'main/create_refund/:refund-limits/rate_limit/day';
const REFUNDED = 'main/create_refund/:refund-limits/spend/day';

type Call = Parameters<PolicyUnderTest['decide']>[0];

const pay = (amount: number, spent: number, currency: unknown = 'GBP'): Call => ({
  tool: 'create_payment',
  arguments: { currency },
  amounts: { 'create_payment/per-call-cap': amount },
  counters: { [DAY]: spent },
});

const refund = (count: number): Call => ({
  tool: 'create_refund',
  amounts: { 'create_refund/refund-limits': 1 },
  counters: { [REFUNDS]: count, [REFUNDED]: 0 },
});

const FINANCE_CALLS: ReadonlyArray<readonly [string, Call, outcome: string, rule: string | null]> = [
  [
    'the 60th balance',
    { tool: 'get_balance', counters: { 'main/get_balance/rate_limit/minute': 59 } },
    'allow',
    null,
  ],
  [
    'the 61st balance',
    { tool: 'get_balance', counters: { 'main/get_balance/rate_limit/minute': 60 } },
    'deny',
    'get_balance/#1',
  ],
  ['500.00', pay(50000, 0), 'allow', null],
  ['500.01', pay(50001, 0), 'deny', 'create_payment/per-call-cap'],
  ['exactly 5000.00 a day', pay(50000, 450000), 'allow', null],
  ['a minor unit over 5000.00 a day', pay(50000, 450001), 'deny', 'create_payment/per-call-cap'],
  ['a payment in JPY', pay(100, 0, 'JPY'), 'deny', 'create_payment/validate-currency'],
  ['a payment without currency', pay(100, 0, null), 'deny', 'create_payment/validate-currency'],
  ['the 10th refund of the day', refund(9), 'allow', null],
  ['the 11th refund of the day', refund(10), 'deny', 'create_refund/refund-limits'],
  ['closing an account', { tool: 'close_account' }, 'require_approval', 'close_account/require-human'],
  ['an unlisted tool', { tool: 'delete_all_records' }, 'deny', 'default-deny'],
];

describe('the finance policy', () => {
  it('decides as it says', async () => {
    const policy = await loadForTest((await compile(FINANCE)).bundle);
    const seen = FINANCE_CALLS.map(([what, call]) => {
      const { outcome, rule } = policy.decide(call);
      return [what, outcome, rule];
    });
    expect(seen).toEqual(FINANCE_CALLS.map(([what, , outcome, rule]) => [what, outcome, rule]));
  });

  it('says where in the file the rule stands, by the name of the file alone', async () => {
    const policy = await loadForTest((await compile(FINANCE)).bundle);
    const line = FINANCE.split('\n').findIndex((text) => text.includes('"per-call-cap"')) + 1;
    expect(policy.decide(pay(50001, 0)).source).toBe(`finance.yaml:${line}:9`);
  });

  it('loads in the host, which finds every declared tool', async () => {
    const { bundle, revision } = await compile(FINANCE, { server: 'bank' });
    const loaded = await loadBundle(bundle);
    expect([loaded.revision, loaded.servers]).toEqual([revision, ['bank']]);
    expect(loaded.isListed('bank', { id: 'bot', claims: '{}' }, 'get_balance')).toBe(true);
  });

  it('becomes the same bytes each time', async () => {
    const [first, second] = await Promise.all([compile(FINANCE), compile(FINANCE)]);
    expect(first.bundle.equals(second.bundle)).toBe(true);
  });
});

describe('a policy with problems', () => {
  it('becomes diagnostics, those of patterns among the others and in file order', async () => {
    const text = `version: "1"
tools:
  t:
    rules:
      - arguments:
          a: {pattern: "(?=x)"}
      - conditionz: []
      - conditions:
          - {path: args.b, op: regex, value: "["}
`;
    const result = await compilePolicy([{ name: 'p.yaml', text }], {});
    const seen = result.ok
      ? []
      : result.diagnostics.map(({ code, position }) => `${code} ${position.line}:${position.column}`);
    expect(seen).toEqual(['bad-pattern 6:24', 'unknown-key 7:9', 'bad-pattern 9:46']);
  });

  it('is refused for a pattern alone', async () => {
    const text = 'version: "1"\ntools:\n  t:\n    rules:\n      - arguments: {a: {pattern: "(?=x)"}}\n';
    const result = await compilePolicy([{ name: 'p.yaml', text }], {});
    expect(result.ok ? [] : result.diagnostics.map(formatDiagnostic)).toEqual([
      'p.yaml:5:34 bad-pattern  "(?=x)" is no RE2 expression: invalid or unsupported Perl syntax: `(?=` (tools.t.rules[0].arguments.a.pattern)',
    ]);
  });
});

it('compiles several servers into one bundle', async () => {
  const servers = ['a', 'b.c/d:1-2'];
  const files = servers.map((server, at) => ({
    name: `${at}.yaml`,
    text: `version: "1"\nserver: ${server}\ntools: {only_${at}: {rules: []}}\n`,
  }));
  const result = await compilePolicy(files, {});
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  const policy = await loadForTest(result.bundle);
  const seen = servers.map((server) =>
    ['only_0', 'only_1'].map((tool) => policy.decide({ server, tool }).outcome),
  );
  expect(seen).toEqual([
    ['allow', 'deny'],
    ['deny', 'allow'],
  ]);
});
