// Generated Rego is printed as `opa fmt` would: a build does not format it, which would take as long as parsing it twice more.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';
import { draftBundle } from '../../../compiler/generate/draft-bundle.ts';
import { formatRego } from '../../../compiler/opa/opa-operations.ts';
import type { RegoModule } from '../../../compiler/opa/run-opa.ts';
import { arbitraryPolicy } from '../../reference/arbitrary-policy.ts';
import { HOSTILE, makeTools } from './hostile-rules.ts';
import { makeEntry, makePolicy, SOMEWHERE } from './make-policy.ts';

vi.setConfig({ testTimeout: 180_000 });

const POLICIES = 200;
const RATE = {
  limit: 5,
  window: 'minute',
  sliding: false,
  per: { by: 'tool' },
  position: SOMEWHERE,
} as const;

async function expectFormatted(modules: readonly RegoModule[]): Promise<void> {
  const result = await formatRego(modules);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const formatted = new Map(result.modules.map(({ path, text }) => [path, text]));
  for (const { path, text } of modules) expect(text, path).toBe(formatted.get(path));
}

describe('opa fmt changes nothing', () => {
  it('of random policies of every kind of rule', async () => {
    const policies = Array.from({ length: POLICIES }, (_, index) => {
      const [policy] = fc.sample(arbitraryPolicy(`s${index}`), { numRuns: 1, seed: 41_000 + index });
      return { name: `s${index}.yaml`, text: policy?.text ?? '' };
    });
    const read = readPolicies(policies, {});
    expect(read.diagnostics).toEqual([]);
    await expectFormatted(draftBundle(read.policies).modules);
  });

  it('of rules that are made of hostile texts', async () => {
    await expectFormatted(draftBundle([makePolicy({ tools: makeTools(HOSTILE) })]).modules);
  });

  it('of names that are no identifiers, or no names at all', async () => {
    const names = [
      'a',
      'A',
      'a/b',
      'a:b',
      'a.b',
      '..',
      'run_test',
      'every',
      '1',
      '-',
      'x*',
      'a*b?',
      '汉字 é',
    ];
    const tools = names.map((name) => makeEntry(name, [{ rateLimit: RATE }]));
    for (const server of ['a.b', 'with/slash', 'every', '1'])
      await expectFormatted(draftBundle([makePolicy({ server, tools })]).modules);
  });

  it('of names that are words of Rego', async () => {
    const words = (
      'and as contains data default else every false if import in input not null or package print set some ' +
      'test true with'
    ).split(' ');
    const paths = words.map((word) => `${word}: {const: 1}, "a.${word}": {const: 1}`).join(', ');
    const entries = words.map((word) => `  "${word}": {rules: [{arguments: {${paths}}}]}\n`).join('');
    const files = ['data', 'input'].map((server) => ({
      name: `${server}.yaml`,
      text: `version: "1"\nserver: ${server}\ntools:\n${entries}`,
    }));
    const read = readPolicies(files, {});
    expect(read.diagnostics).toEqual([]);
    await expectFormatted(draftBundle(read.policies).modules);
  });
});
