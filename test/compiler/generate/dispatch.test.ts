// A decision costs the same with 10 tools and with 1000, and equal policies are equal bundles.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { draftBundle, ENTRYPOINTS } from '../../../compiler/generate/draft-bundle.ts';
import type { Policy } from '../../../compiler/model/policy.ts';
import { buildBundle, checkRego, countDynamicCalls } from '../../../compiler/opa/opa-operations.ts';
import { makeEntry, makePolicy, SOMEWHERE } from './make-policy.ts';

/** One rule of each kind, so that every set of the gateway is dispatched. */
function makeTools(count: number): Policy {
  const rateLimit = { limit: 5, window: 'hour', sliding: false, per: null, position: SOMEWHERE } as const;
  const rules = [
    { name: 'limit', rateLimit },
    { name: 'ask', action: 'require_approval', approval: { timeoutMs: 1, required: 1 } },
    { name: 'no', action: 'deny' },
    { name: 'dark', action: 'deny', mode: 'shadow' },
  ] as const;
  const exact = Array.from({ length: count }, (_, at) => makeEntry(`tool_${at}`, rules));
  const globs = Array.from({ length: count }, (_, at) => makeEntry(`glob_${at}_*`, rules));
  const free = [makeEntry('free', []), makeEntry('free_*', [])];
  return makePolicy({ tools: [...exact, ...globs, ...free, makeEntry('*', rules)] });
}

describe('the gateway', () => {
  it('reaches every tool by table, however many there are', async () => {
    const count = (tools: number) => countDynamicCalls(draftBundle([makeTools(tools)]).modules, ENTRYPOINTS);
    const counts = await Promise.all([count(2), count(40)]);
    // registered; 6 rules of exact entries, 6 of globs, 5 of the server, which lets no call pass; and 5 facts about the server,
    // two of them twice.
    expect(counts).toEqual([25, 25]);
  });

  it('negates no look-up itself, since WebAssembly would take a false one for true', () => {
    const { modules } = draftBundle([makeTools(2)]);
    const negated = modules.filter(({ text }) => /^[^#\n]*\bnot\s+data\./m.test(text));
    expect(negated.map(({ path }) => path)).toEqual([]);
  });

  it('has no rule in a parent of the packages that it reaches by name', () => {
    const packages = draftBundle([makeTools(2)]).modules.map(({ text }) => /^package (.*)$/m.exec(text)?.[1]);
    const parents = [
      'regent',
      'regent.tools',
      'regent.globs',
      'regent.servers',
      'regent.tools.main',
      'regent.globs.main',
    ];
    expect(packages.filter((name) => name === undefined || parents.includes(name))).toEqual([]);
  });
});

describe('a bundle', () => {
  it('is the same bytes for the same policy', async () => {
    const build = async () => {
      const { metadata, ...draft } = draftBundle([makeTools(3)]);
      const built = await buildBundle({ ...draft, entrypoints: ENTRYPOINTS, metadata: { regent: metadata } });
      return built.ok ? createHash('sha256').update(built.bundle).digest('hex') : built.problems;
    };
    const [first, second] = await Promise.all([build(), build()]);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
  });

  it('has another revision for another policy', () => {
    const limits = [5, 6].map((limit) => {
      const rateLimit = { limit, window: 'hour', sliding: false, per: null, position: SOMEWHERE } as const;
      return draftBundle([makePolicy({ tools: [makeEntry('t', [{ rateLimit }])] })]).revision;
    });
    expect(new Set(limits).size).toBe(2);
  });

  it('is made of Rego that passes the strict check', async () => {
    expect(await checkRego(draftBundle([makeTools(2)]).modules)).toEqual([]);
  });
});
