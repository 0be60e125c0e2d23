// The compiled policy against a plain TypeScript evaluator of the same language: random policies, random calls.
//
// REGENT_FUZZ_RUNS raises the number of bundles, REGENT_FUZZ_SEED starts elsewhere.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../compiler/index.ts';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import { type LoadedPolicy, loadOwnBundle } from '../../src/policy/load-bundle.ts';
import { arbitraryCall, type GeneratedCall } from '../reference/arbitrary-call.ts';
import { arbitraryPolicy, type PolicyText } from '../reference/arbitrary-policy.ts';
import { decideBoth } from '../reference/decide-both.ts';

const BUNDLES = Number(process.env.REGENT_FUZZ_RUNS ?? 2);
const FIRST_SEED = Number(process.env.REGENT_FUZZ_SEED ?? 20_261_122);
const POLICIES = 40;
const CALLS = Number(process.env.REGENT_FUZZ_CALLS ?? 60);
/** Every so many decisions are made twice. */
const AGAIN = 8;

async function load(policies: readonly PolicyText[]): Promise<LoadedPolicy> {
  const result = await compilePolicy(policies, {});
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return loadOwnBundle(result.bundle);
}

const counts = new Map<string, number>();

function count(what: string): number {
  const next = (counts.get(what) ?? 0) + 1;
  counts.set(what, next);
  return next;
}

function compare(loaded: LoadedPolicy, { text, policy }: PolicyText, call: GeneratedCall): void {
  const both = decideBoth(loaded, policy, call);
  if (both === null) {
    count('ambiguous');
    return;
  }
  const { seen, expected, input, decision } = both;
  expect(seen, `${text}\n${input}`).toEqual(expected);
  count(seen.outcome);
  if (count('decisions') % AGAIN === 0)
    expect(JSON.stringify(loaded.decide(input))).toBe(JSON.stringify(decision));
}

describe('the compiled policy', () => {
  it.each(Array.from({ length: BUNDLES }, (_, index) => FIRST_SEED + index))(
    'decides as the contract says, and twice the same (seed %i)',
    async (seed) => {
      const policies = Array.from({ length: POLICIES }, (_, index) => {
        const [policy] = fc.sample(arbitraryPolicy(`s${index}`), {
          numRuns: 1,
          seed: seed * POLICIES + index,
        });
        if (policy === undefined) throw new Error('no policy was generated');
        return policy;
      });
      const loaded = await load(policies);
      for (const policy of policies) {
        for (const call of fc.sample(arbitraryCall(policy.policy), { numRuns: CALLS, seed }))
          compare(loaded, policy, call);
      }
    },
  );

  it('was asked for every outcome', () => {
    const few = ['allow', 'deny', 'require_approval'].filter((outcome) => (counts.get(outcome) ?? 0) < 50);
    if (process.env.REGENT_FUZZ_RUNS !== undefined) console.log(Object.fromEntries(counts));
    expect(few).toEqual([]);
  });
});
