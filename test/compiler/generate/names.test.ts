// Which rules meet a tool: names, globs, `"*"`, what is hidden, who may call, and names that try to be something else.
import { beforeAll, describe, expect, it } from 'vitest';
import { compileGlob } from '../../../compiler/model/match-glob.ts';
import type { NamePattern, Rule } from '../../../compiler/model/policy.ts';
import { compileForTest, type PolicyUnderTest } from './evaluate-policy.ts';
import { makeEntry, makePolicy, SOMEWHERE } from './make-policy.ts';

const names = (...texts: string[]): NamePattern[] =>
  texts.map((text) => ({ text, isGlob: /[*?]/.test(text) }));

const denial = (name: string): Partial<Rule> => ({ name, action: 'deny' });

const claimsTeam: Rule['when'] = [
  {
    path: { root: 'agent.claims', steps: ['team'] },
    pathText: 'agent.claims.team',
    op: 'eq',
    value: 'core',
    position: SOMEWHERE,
  },
];
const forced: Rule['when'] = [
  {
    path: { root: 'args', steps: ['force'] },
    pathText: 'args.force',
    op: 'eq',
    value: true,
    position: SOMEWHERE,
  },
];

const STRICT = makePolicy({
  hide: names('secret', 'hidden_*'),
  tools: [
    makeEntry('pay', []),
    makeEntry('hidden_tool', []),
    makeEntry('delete_*', [denial('short')]),
    makeEntry('delete_all_*', [denial('long')]),
    makeEntry('delete_me', []),
    makeEntry('a?c', [denial('one')]),
    makeEntry('x*y*z', [denial('two')]),
    makeEntry('*_end', [denial('suffix')]),
    makeEntry('ab*b', [denial('around')]),
    makeEntry('constructor', []),
    makeEntry('__proto__', []),
    makeEntry('default', []),
    makeEntry('Odd-Name/v1:x.y', []),
    makeEntry('closed', [denial('closed')]),
    makeEntry('closed_when_forced', [{ ...denial('forced'), when: forced }]),
    makeEntry('closed_to_core', [{ ...denial('team'), when: claimsTeam }]),
    makeEntry('open_to_core', [{ name: 'team', conditions: claimsTeam }]),
    makeEntry('dark', [{ ...denial('dark'), mode: 'shadow' }]),
  ],
});

let strict: PolicyUnderTest;
beforeAll(async () => {
  strict = await compileForTest([STRICT]);
});

const CALLS: ReadonlyArray<readonly [tool: string, rule: string | null]> = [
  ['pay', null],
  ['PAY', 'default-deny'],
  ['pay ', 'default-deny'],
  ['', 'default-deny'],
  ['*', 'default-deny'],
  ['\u0001', 'default-deny'],
  ['\u0000', 'default-deny'],
  ['toString', 'default-deny'],
  ['constructor', null],
  ['__proto__', null],
  ['default', null],
  ['Odd-Name/v1:x.y', null],
  ['registered', 'default-deny'],
  ['secret', 'hidden'],
  ['hidden_tool', 'hidden'],
  ['delete_one', 'delete_*/short'],
  ['delete_*', 'delete_*/short'],
  ['delete_', 'delete_*/short'],
  ['delete_all_x', 'delete_all_*/long'],
  ['delete_me', null],
  ['abc', 'a?c/one'],
  ['a😀c', 'a?c/one'],
  ['a\nc', 'a?c/one'],
  ['ac', 'default-deny'],
  ['abbc', 'default-deny'],
  ['xyz', 'x*y*z/two'],
  ['x\ny/z', 'x*y*z/two'],
  ['xz', 'default-deny'],
  ['the_end', '*_end/suffix'],
  ['_end', '*_end/suffix'],
  ['abb', 'ab*b/around'],
  ['ab', 'default-deny'],
];

describe('a call of a tool', () => {
  it.each(CALLS)('%j is decided by %s', (tool, rule) => {
    expect(strict.decide({ tool }).rule).toBe(rule);
  });

  it('of an unknown server is denied', () => {
    const servers = ['other', '', '*', 'constructor'];
    const seen = servers.map((server) => strict.decide({ server }).rule);
    expect(seen).toEqual(servers.map(() => 'server-unknown'));
  });

  it('tells no place in the file where a built-in denial decides', () => {
    const { source, violations } = strict.decide({ tool: 'nope' });
    const reason = 'the policy does not list this tool';
    expect([source, violations]).toEqual([null, [{ rule: 'default-deny', reason, source: '' }]]);
  });
});

describe('the probes', () => {
  it('find every tool that has an entry of its own', () => {
    const exact = STRICT.tools.filter(({ name }) => !name.isGlob).map(({ name }) => name.text);
    expect(exact.filter((tool) => strict.isRegistered(tool) !== true)).toEqual([]);
    expect(['delete_one', 'delete_*', '*', 'toString'].map(strict.isRegistered)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('what an agent sees', () => {
  const core = { id: 'bot', claims: { team: 'core' } };
  const doubtful = { id: 'bot', claims: { team: ['core'] } };
  const other = { id: 'bot', claims: {} };
  const SEEN: ReadonlyArray<readonly [string, typeof core | typeof doubtful | typeof other, boolean]> = [
    ['pay', other, true],
    ['nope', other, false],
    ['secret', other, false],
    ['hidden_tool', other, false],
    ['delete_me', other, true],
    ['delete_one', other, false],
    ['closed', other, false],
    ['closed_when_forced', other, true],
    ['closed_to_core', core, false],
    ['closed_to_core', doubtful, false],
    ['closed_to_core', other, true],
    ['open_to_core', core, true],
    ['open_to_core', doubtful, false],
    ['open_to_core', other, false],
    ['dark', other, true],
  ];
  it.each(SEEN)('%s for %j: %s', (tool, agent, expected) => {
    expect(strict.isListed(tool, agent)).toBe(expected);
    if (!expected) expect(strict.decide({ tool, agent }).outcome).toBe('deny');
  });
});

describe('default: allow', () => {
  it('lets unlisted tools through, under the rules for all tools', async () => {
    const rules = [{ ...denial('forced'), when: forced }];
    const open = makePolicy({ default: 'allow', hide: names('secret'), tools: [makeEntry('*', rules)] });
    const policy = await compileForTest([open]);
    const seen = [
      policy.decide({ tool: 'anything' }).rule,
      policy.decide({ tool: 'anything', arguments: { force: true } }).rule,
      policy.decide({ tool: 'secret' }).rule,
      policy.isListed('anything'),
    ];
    expect(seen).toEqual([null, '*/forced', 'hidden', true]);
  });
});

describe('agents', () => {
  const agents = [
    { agent: { text: 'ops-*', isGlob: true }, tools: names('pay', 'refund') },
    { agent: { text: 'ops-night-*', isGlob: true }, tools: names('pay') },
    { agent: { text: 'ops-night-1', isGlob: false }, tools: names('re*') },
    { agent: { text: 'all', isGlob: false }, tools: names('*') },
    { agent: { text: 'none', isGlob: false }, tools: [] },
  ];
  const GRANTS: ReadonlyArray<readonly [agent: string, tool: string, rule: string | null]> = [
    ['ops-1', 'refund', null],
    ['ops-night-2', 'refund', 'agent-not-permitted'],
    ['ops-night-2', 'pay', null],
    ['ops-night-1', 'pay', 'agent-not-permitted'],
    ['ops-night-1', 'refund', null],
    ['all', 'pay', null],
    ['all', 'nope', 'default-deny'],
    ['none', 'pay', 'agent-not-permitted'],
    ['anonymous', 'pay', 'agent-not-permitted'],
    ['', 'pay', 'agent-not-permitted'],
    ['ops-*', 'refund', null],
  ];

  it('call what the exact name grants, else the longest glob', async () => {
    const tools = [makeEntry('pay', []), makeEntry('refund', [])];
    const policy = await compileForTest([makePolicy({ agents, tools })]);
    const seen = GRANTS.map(([id, tool]) => [
      id,
      tool,
      policy.decide({ tool, agent: { id, claims: {} } }).rule,
    ]);
    expect(seen).toEqual(GRANTS);
  });
});

describe('globs in Rego', () => {
  it('match what the host matches', async () => {
    const globs = ['*', '?', 'a*', '*a', '*a*', 'a*a', 'a**b', '?*', '*?b', 'a.b*', '(a|b)*', 'a/*/b', '**'];
    const tools = [
      '',
      'a',
      'b',
      'aa',
      'ab',
      'a.b',
      'axb',
      'a.bc',
      'aXa',
      'a/x/b',
      'a/b',
      '(a|b)c',
      '😀',
      'é\n',
      'xab',
    ];
    const servers = globs.map((glob, at) =>
      makePolicy({ server: `s${at}`, default: 'allow', hide: names(glob) }),
    );
    const policy = await compileForTest(servers);
    const seen = globs.map((_, at) =>
      tools.filter((tool) => policy.decide({ server: `s${at}`, tool }).rule === 'hidden'),
    );
    expect(seen).toEqual(globs.map((glob) => tools.filter(compileGlob(glob))));
  });
});
