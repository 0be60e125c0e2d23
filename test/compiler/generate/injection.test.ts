// Texts of a policy are data wherever they land in Rego: names, reasons, patterns, values and comments.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generateModules } from '../../../compiler/generate/generate-modules.ts';
import { commentText, quotePattern, quoteYaml } from '../../../compiler/generate/print/rego-text.ts';
import { compileForTest } from './evaluate-policy.ts';
import { HOSTILE, makeHostileRule, makeTools } from './hostile-rules.ts';
import { makeEntry, makePolicy } from './make-policy.ts';

const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .tuple(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', maxLength: 20 }))
    .map((parts) => parts.join('')),
);

const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, '\uFFFD');

describe('hostile texts', () => {
  it('compile, and come out of the decision as they were written', async () => {
    const texts = [...HOSTILE, ...fc.sample(anyText, { numRuns: 120, seed: 7 })];
    const policy = await compileForTest([makePolicy({ tools: makeTools(texts) })]);
    const seen = texts.map(wellFormed).map((text, at) => {
      const applies = { x: { [text]: { [text]: [text] } } };
      return policy.decide({ tool: `tool_${at}`, arguments: applies }).reason;
    });
    expect(seen).toEqual(texts.map(wellFormed));
  });

  it('leave every line of Rego printable, and every comment a comment', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 3 }), (texts) => {
        for (const { text } of generateModules([
          makePolicy({ file: texts[0] ?? 'p', tools: makeTools(texts) }),
        ])) {
          expect(text.replace(/^\t+/gm, '')).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never leave their comment', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(commentText(text)).not.toMatch(/[\r\n\u2028\u2029]/);
      }),
    );
  });

  it('mean themselves in METADATA', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(parse(`title: ${quoteYaml(text)}`)).toEqual({ title: wellFormed(text) });
      }),
    );
  });

  it('stand as raw patterns only where a raw string can hold them', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const quoted = quotePattern(text);
        const isRaw = quoted.startsWith('`');
        expect(isRaw ? quoted.slice(1, -1) : JSON.parse(quoted)).toBe(isRaw ? text : wellFormed(text));
        expect(isRaw && /[`\n\r]|[^\x20-\x7e]/.test(text)).toBe(false);
      }),
    );
  });
});

describe('names of generated rules', () => {
  const NAMES = [
    'a',
    'A',
    'a b',
    'a-b',
    'a_b',
    'deny',
    'registered',
    'amount',
    'a amount',
    'input',
    'every',
    '1',
    '1a',
    '汉字',
    '!',
    'x'.repeat(100),
    `${'x'.repeat(99)}y`,
    'item',
    'decimals',
    'formats',
    'counters',
  ];

  it('never meet, whatever the rules are called', async () => {
    const rules = NAMES.map((name) => ({ ...makeHostileRule('x'), name }));
    const policy = await compileForTest([
      makePolicy({ tools: [makeEntry('*', rules), makeEntry('t', rules)] }),
    ]);
    const { violations } = policy.decide({ tool: 't', arguments: { x: { x: { x: ['x'] } } } });
    const ids = NAMES.flatMap((name) => [`t/${name}`, `*/${name}`]);
    expect(violations.map(({ rule }) => rule).sort()).toEqual(ids.sort());
  });

  it('are files that no file system confuses', () => {
    const tools = ['a', 'A', 'a/b', 'a:b', 'a.b', '..', '.', '.a', 'run_test', 'x*', 'x?'].map((tool) =>
      makeEntry(tool, []),
    );
    const paths = generateModules([makePolicy({ tools }), makePolicy({ server: 'MAIN', tools })]).map(
      ({ path }) => path,
    );
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
    expect(
      paths.filter(
        (path) =>
          !/^regent(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+\.rego$/.test(path) || path.endsWith('_test.rego'),
      ),
    ).toEqual([]);
  });
});
