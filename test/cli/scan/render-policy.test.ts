// The policy that a scan writes: harmless whatever the server says, and true to what it says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readTool } from '../../../src/cli/scan/read-tool.ts';
import { renderScannedPolicy } from '../../../src/cli/scan/render-policy.ts';
import type { ScannedTool } from '../../../src/cli/scan/scanned-tool.ts';
import { groupOf } from '../../../src/cli/scan/tool-groups.ts';
import { FINANCE_TOOLS } from '../../fixtures/finance/finance-tools.ts';
import { takeSuggestions } from './take-suggestions.ts';

function tool(fields: object): ScannedTool {
  return readTool({ name: 'a', ...fields }) as ScannedTool;
}

function render(...tools: ScannedTool[]): string {
  return renderScannedPolicy('finance', { name: 'finance', version: '1.0.0', tools });
}

describe('a scanned policy', () => {
  test('lists the finance server in groups, with suggestions as comments', async () => {
    const text = render(...FINANCE_TOOLS.map((item) => tool(item)));
    await expect(text).toMatchFileSnapshot('finance.golden.yaml');
  });

  test.each([
    ['read-only', { readOnlyHint: true }, 'read-only'],
    [
      'read-only and destructive, which contradicts itself',
      { readOnlyHint: true, destructiveHint: true },
      'destructive',
    ],
    ['writing', { readOnlyHint: false, destructiveHint: false }, 'writing'],
    ['not destructive and nothing else', { destructiveHint: false }, 'writing'],
    ['not read-only and nothing else, so destructive by default', { readOnlyHint: false }, 'destructive'],
    ['destructive', { destructiveHint: true }, 'destructive'],
    ['something else', { idempotentHint: true }, 'silent'],
    ['nonsense', { readOnlyHint: 'yes' }, 'silent'],
    ['nothing', undefined, 'silent'],
  ])('groups a tool by annotations that say: %s', (_name, annotations, group) => {
    expect(groupOf(tool({ annotations }))).toBe(group);
  });

  test('makes destructive tools wait for a human, and no others', () => {
    const policy = parse(
      render(tool({ name: 'wipe', annotations: { destructiveHint: true } }), tool({ name: 'look' })),
    );
    expect(policy.tools).toEqual({ wipe: { rules: [{ action: 'require_approval' }] }, look: { rules: [] } });
  });

  test.each([
    ['a line break', 'x\n  evil: {rules: []}'],
    ['a carriage return', 'x\r  evil: {rules: []}'],
    ['a next-line character', 'x\u0085  evil: {rules: []}'],
    ['a line separator', 'x\u2028  evil: {rules: []}'],
    ['a paragraph separator', 'x\u2029  evil: {rules: []}'],
    ['a bidi override', 'x \u202e evil'],
    ['a zero-width space', 'x\u200bevil'],
    ['an escape sequence', 'x\u001b[2J evil'],
    ['a null byte and a lone surrogate', 'x\u0000\ud800 evil'],
    ['a tag character', 'x\u{e0041} evil'],
  ])('keeps %s in a description from doing anything', (_name, description) => {
    const text = render(tool({ description }));
    expect(Object.keys(parse(text).tools)).toEqual(['a']);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(text.split('\n').filter((line) => line.includes('evil'))).toEqual([
      expect.stringMatching(/^ {2}# x/),
    ]);
  });

  test('cuts a description of a megabyte short, and breaks lines that have no spaces', () => {
    const lines = render(tool({ description: 'y'.repeat(1_000_000) })).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
    expect(lines.length).toBeLessThan(40);
  });

  test.each([
    ['with a space', 'drop table', 'names are made of'],
    ['with a line break', 'a\nb', 'names are made of'],
    ['that is a glob', '*', 'names are made of'],
    ['that is empty', '', 'the name is empty'],
    ['that is too long', 'a'.repeat(129), 'longer than 128 characters'],
  ])('puts a tool %s in a comment with the reason', (_name, name, reason) => {
    const text = render(tool({ name }), tool({ name: 'fine' }));
    expect(Object.keys(parse(text).tools)).toEqual(['fine']);
    expect(text).toMatch(/^# Not listed, and so denied:$/m);
    expect(text).toContain(reason);
  });

  test('lists a tool once that the server lists twice, and says so', () => {
    const text = render(tool({}), tool({ description: 'another' }));
    expect(Object.keys(parse(text).tools)).toEqual(['a']);
    expect(text).toContain('"a": the server lists it more than once');
  });

  test.each(['null', 'true', 'no', '1', '1.0', '-', '__proto__', 'constructor', 'a:b', 'a/b', '.', '0x1'])(
    'spells the name %j so that YAML reads it as a text',
    (name) => {
      const policy = parse(render(tool({ name })), { mapAsMap: true });
      expect([...policy.get('tools').keys()]).toEqual([name]);
    },
  );

  test('gives a server without tools an empty list', () => {
    expect(parse(render())).toEqual({ version: '1', server: 'finance', default: 'deny', tools: {} });
  });

  test.each([
    ['spend in major units', { amount: { type: 'number' } }, [], '{"spend":{"per_call":100,"daily":1000}}'],
    [
      'spend in whole units',
      { amount: { type: ['integer', 'null'] } },
      [],
      '{"spend":{"per_call":10000,"daily":100000,"scale":0}}',
    ],
    [
      'totals per currency where a currency is always given',
      { amount: { type: 'number' }, currency: { type: 'string' } },
      ['currency'],
      '{"spend":{"per_call":100,"daily":1000,"currency":"args.currency"}}',
    ],
    ['nothing for an amount that is a text', { amount: { type: 'string' } }, [], null],
    ['an enum', { mode: { enum: ['r', 1, true] } }, ['mode'], '{"arguments":{"mode":{"enum":["r",1,true]}}}'],
    ['nothing for an enum of objects', { mode: { enum: [{}] } }, [], null],
    ['nothing for an enum that YAML cannot spell', { mode: { enum: ['\ud800'] } }, [], null],
    ['nothing for a parameter with an odd name', { 'a b': { enum: ['r'] } }, [], null],
    [
      'an enum with characters that nobody sees',
      { mode: { enum: ['\u202e\n\u{e0041}"'] } },
      [],
      '{"arguments":{"mode":{"enum":["\u202e\\n\u{e0041}\\""]}}}',
    ],
  ])('suggests %s', (_name, properties, required, rule) => {
    const text = render(tool({ inputSchema: { properties, required }, annotations: { readOnlyHint: true } }));
    const rules = parse(takeSuggestions(text)).tools.a.rules;
    expect(rules[0]).toEqual({ rate_limit: '60/minute' });
    expect(rules.slice(1).map((item: unknown) => JSON.stringify(item))).toEqual(rule === null ? [] : [rule]);
  });

  test('stays one policy with the same tools whatever a server says', () => {
    const hostile = fc.record({
      name: fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,12}$/)),
      description: fc.string({ unit: 'binary' }),
      inputSchema: fc.record({
        properties: fc.dictionary(fc.string(), fc.record({ enum: fc.array(fc.string({ unit: 'binary' })) })),
      }),
      annotations: fc.record(
        { readOnlyHint: fc.boolean(), destructiveHint: fc.boolean() },
        { requiredKeys: [] },
      ),
    });
    fc.assert(
      fc.property(fc.array(hostile), (items) => {
        const text = render(...items.map((item) => tool(item)));
        const names = items.map(({ name }) => name).filter((name) => /^[A-Za-z0-9_.:/-]{1,128}$/.test(name));
        for (const policy of [text, takeSuggestions(text)].map((yaml) => parse(yaml, { mapAsMap: true }))) {
          expect([...policy.keys()]).toEqual(['version', 'server', 'default', 'tools']);
          expect(new Set(policy.get('tools').keys())).toEqual(new Set(names));
        }
      }),
    );
  });
});
