// Random policies and random calls, decided three times: by policy.wasm, by OPA's own interpreter (topdown), and by a plain
// TypeScript evaluator of the same language. All must say the same.
//
// The two evaluators of OPA are known to differ (docs/testing.md); the generator keeps to what they agree on, and what
// the host sorts or counts itself. So there is no list of exceptions here.
//
// REGENT_FUZZ_RUNS sets the number of bundles, REGENT_FUZZ_CALLS of calls to each policy; REGENT_FUZZ_SEED starts elsewhere.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type CompileResult, compilePolicy } from '../../compiler/index.ts';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import { openOpaBinary } from '../../compiler/opa/binary/open-opa-binary.ts';
import { type LoadedPolicy, loadOwnBundle } from '../../src/policy/bundle/load-bundle.ts';
import { readDecision } from '../../src/policy/read-decision.ts';
import { OPA } from '../fixtures/opa-binary.ts';
import { arbitraryCall } from '../reference/arbitrary-call.ts';
import { arbitraryPolicy, type PolicyText } from '../reference/arbitrary-policy.ts';
import { askTopdown } from '../reference/ask-topdown.ts';
import { decideBoth } from '../reference/decide-both.ts';

vi.setConfig({ testTimeout: 600_000 });

const BUNDLES = Number(process.env.REGENT_FUZZ_RUNS ?? 10);
const CALLS = Number(process.env.REGENT_FUZZ_CALLS ?? 260);
const FIRST_SEED = Number(process.env.REGENT_FUZZ_SEED ?? 20_261_122);
const POLICIES = 40;
/** Every so many decisions are made twice. */
const AGAIN = 8;

function generatePolicies(seed: number): PolicyText[] {
  return Array.from({ length: POLICIES }, (_, index) => {
    const [policy] = fc.sample(arbitraryPolicy(`s${index}`), { numRuns: 1, seed: seed * POLICIES + index });
    if (policy === undefined) throw new Error('no policy was generated');
    return policy;
  });
}

/** Built by the binary, which is quicker; its bundles are those of the built-in OPA (opa/opa-binary.test.ts). */
async function compile(policies: readonly PolicyText[]): Promise<Extract<CompileResult, { ok: true }>> {
  const { run } = await openOpaBinary(OPA);
  const result = await compilePolicy(policies, { opa: run });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return result;
}

const counts = new Map<string, number>();

function count(what: string): number {
  const next = (counts.get(what) ?? 0) + 1;
  counts.set(what, next);
  return next;
}

interface Decided {
  readonly input: string;
  readonly decision: string;
}

function decideCalls(loaded: LoadedPolicy, { text, policy }: PolicyText, seed: number): Decided[] {
  return fc.sample(arbitraryCall(policy), { numRuns: CALLS, seed }).flatMap((call) => {
    const both = decideBoth(loaded, policy, call);
    if (both === null) {
      count('ambiguous');
      return [];
    }
    const { seen, expected, input, decision } = both;
    expect(seen, `${text}\n${input}`).toEqual(expected);
    count(seen.outcome);
    const printed = JSON.stringify(decision);
    if (count('decisions') % AGAIN === 0) expect(JSON.stringify(loaded.decide(input))).toBe(printed);
    return [{ input, decision: printed }];
  });
}

describe('the compiled policy', () => {
  it.each(Array.from({ length: BUNDLES }, (_, index) => FIRST_SEED + index))(
    'decides as the contract and as the interpreter say, and twice the same (seed %i)',
    async (seed) => {
      const policies = generatePolicies(seed);
      const { bundle, modules } = await compile(policies);
      const loaded = await loadOwnBundle(bundle);
      const decided = policies.flatMap((policy) => decideCalls(loaded, policy, seed));
      const values = await askTopdown(
        modules,
        decided.map(({ input }) => input),
      );
      for (const [index, { input, decision }] of decided.entries()) {
        const said = JSON.stringify(readDecision(values[index]));
        if (said !== decision) expect(said, `seed ${seed}: ${input}`).toBe(decision);
        count('interpreted');
      }
    },
  );

  it('was asked for every outcome', () => {
    const few = ['allow', 'deny', 'require_approval'].filter((outcome) => (counts.get(outcome) ?? 0) < 50);
    console.log(Object.fromEntries(counts));
    expect(few).toEqual([]);
    expect(counts.get('interpreted')).toBe(counts.get('decisions'));
    if (process.env.REGENT_FUZZ_RUNS === undefined)
      expect(counts.get('decisions')).toBeGreaterThanOrEqual(100_000);
  });
});
