// Journal entries as lines, for people and for programs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { journalEntryToJson } from '../../src/journal/entry-to-json.ts';
import { escapeJson } from '../../src/journal/escape-text.ts';
import { formatJournalEntry } from '../../src/journal/format-entry.ts';
import type { JournalEntry } from '../../src/journal/journal-row.ts';
import { SAMPLE_TIME_MS, sampleRow } from '../state/sample-batch.ts';

function entry(changes: Partial<JournalEntry> = {}): JournalEntry {
  return { ...sampleRow({ id: 'dec_1' }), sequence: 7, result: null, resultAtMs: null, ...changes };
}

describe('the line for people', () => {
  const denied = { outcome: 'deny', rule: 'create_payment/per-call-cap', reason: 'is above 500.00' } as const;
  const cases: ReadonlyArray<readonly [string, Partial<JournalEntry>, string]> = [
    [
      'names an allowed call and what came of it',
      { result: 'answered', resultAtMs: SAMPLE_TIME_MS },
      '2026-11-22T15:04:00.000Z  allow             payments-bot  finance/create_payment  -> answered',
    ],
    [
      'gives rule and reason of a denial',
      denied,
      '2026-11-22T15:04:00.000Z  deny              payments-bot  finance/create_payment  create_payment/per-call-cap  "is above 500.00"',
    ],
    [
      'names a held call',
      { outcome: 'require_approval', rule: 'close/#1', reason: 'ask', result: 'hold-expired' },
      '2026-11-22T15:04:00.000Z  require_approval  payments-bot  finance/create_payment  close/#1  "ask"  -> hold-expired',
    ],
    [
      'says who approved a call',
      { input: '{"approval":{"id":"apr_1","approvers":["alice","x  y"]}}', result: 'answered' },
      '2026-11-22T15:04:00.000Z  allow             payments-bot  finance/create_payment  approved by alice, "x  y"  -> answered',
    ],
    [
      'quotes what could pass for another column',
      { ...denied, agent: 'x  allow', tool: 'a "b"', rule: 'a/my rule', reason: 'say "no"\\' },
      '2026-11-22T15:04:00.000Z  deny              "x  allow"  "finance/a \\"b\\""  "a/my rule"  "say \\"no\\"\\\\"',
    ],
    [
      'escapes terminal controls, line breaks and turned text',
      {
        agent: '\u001b[2J\u0007',
        tool: 'pay\r\n2026 allow\u2028',
        reason: '\u202egpj.exe\u200b\u{e0041}\u0085',
        rule: 'a/b',
      },
      '2026-11-22T15:04:00.000Z  allow             \\u{1b}[2J\\u{7}  "finance/pay\\u{d}\\u{a}2026 allow\\u{2028}"  a/b  "\\u{202e}gpj.exe\\u{200b}\\u{e0041}\\u{85}"',
    ],
  ];
  test.each(cases)('%s', (_, changes, line) => {
    expect(formatJournalEntry(entry(changes))).toBe(line);
  });

  test('shows no control, invisible or turning character, whatever the call says', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, text, (agent, tool, rule, reason) => {
        expect(formatJournalEntry(entry({ agent, tool, rule, reason }))).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
        );
      }),
    );
  });
});

describe('the line for programs', () => {
  test('is one object with stable keys', () => {
    const line = journalEntryToJson(entry({ result: 'answered', resultAtMs: SAMPLE_TIME_MS + 5 }));
    expect(JSON.parse(line)).toEqual({
      id: 'dec_1',
      sequence: 7,
      time: '2026-11-22T15:04:00.000Z',
      server: 'finance',
      agent: 'payments-bot',
      session: 'session-1',
      tool: 'create_payment',
      outcome: 'allow',
      rule: null,
      reason: null,
      revision: 'a'.repeat(64),
      arguments_digest: 'b'.repeat(64),
      input: { version: 1 },
      output: { outcome: 'allow' },
      result: 'answered',
      result_time: '2026-11-22T15:04:00.005Z',
    });
  });

  test('keeps every digit of what was decided on', () => {
    const input = '{"amount":12345678901234567890.10,"n":1e400}';
    expect(journalEntryToJson(entry({ input }))).toContain(`"input":${input},`);
  });

  test.each([
    ['white space over several lines', '{\n  "a": 1\r\n}', { a: 1 }],
    ['what is no JSON, as a string', '{"a":', '{"a":'],
    ['a text that would end the object', '1},{"id":2', '1},{"id":2'],
  ])('stays one line for %s', (_, output, expected) => {
    const line = journalEntryToJson(entry({ output }));
    expect(line).not.toMatch(/[\r\n]/);
    expect(JSON.parse(line)).toMatchObject({ id: 'dec_1', output: expected, result_time: null });
  });

  test('says the same with what a terminal acts on escaped, be it a key or a value', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.dictionary(text, text), text, (input, reason) => {
        const line = journalEntryToJson(entry({ input: JSON.stringify(input), reason }));
        const escaped = escapeJson(line);
        expect(escaped).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(line));
      }),
    );
  });
});
