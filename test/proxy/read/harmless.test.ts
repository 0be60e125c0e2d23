// The strict reading is no stricter than it must be, and folds keys as Go does.
import { describe, expect, test } from 'vitest';
import { HEAD, read, verdict } from './reading.ts';

describe('invariant 1: lets through, since no parser reads them in another way,', () => {
  test.each([
    // A text cannot hold a bare quote, so no part of it between two of these is a message of its own.
    ['separators of lines in texts', `{${HEAD},"method":"x","params":{"a":"\u2028{}\u2029\u0085[]"}}`],
    [
      'escaped line breaks in texts',
      `{${HEAD},"method":"x","params":{"a":"\\r\\n{\\"jsonrpc\\":\\"2.0\\"}\\r\\n"}}`,
    ],
    ['a CR at the very end', `{${HEAD},"method":"ping"}\r`],
    ['escaped NULs in texts', `{${HEAD},"method":"x","params":{"a":"\\u0000"}}`],
    [
      'keys that differ in case below params',
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{"a":1,"A":2}}}`,
    ],
    ['keys of an answer that differ in case', '{"jsonrpc":"2.0","id":1,"result":{"name":1,"Name":2}}'],
    [
      'keys of the envelope below it',
      `{${HEAD},"method":"x","params":{"method":"tools/call","jsonrpc":1,"Id":{"id":1}}}`,
    ],
    [
      'a number beyond every range',
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{"a":1e100000000}}}`,
    ],
    ['pairs of surrogates', `{${HEAD},"method":"x","params":{"a":"\\ud83d\\uDE00"}}`],
    ['every escape', `{${HEAD},"method":"x","params":{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"}}`],
    [
      'a thousand containers side by side',
      `{${HEAD},"method":"x","params":{"a":[${'{"b":[1]},[],'.repeat(500)}{}]}}`,
    ],
    ['an empty key', `{${HEAD},"method":"x","params":{"":1}}`],
  ])('%s', (_name, line) => {
    expect(verdict(line)).toBe('accepted');
  });
});

describe('keys that fold alike', () => {
  /** Unicode's simple folding, which Go follows, by way of JavaScript's own regular expressions. */
  test('are rejected for every character that any other one folds to', () => {
    for (let point = 0x80; point < 0x1ffff; point += 1) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const character = String.fromCodePoint(point);
      for (const other of new Set([
        character.toLowerCase(),
        character.toUpperCase(),
        character.toUpperCase().toLowerCase(),
      ])) {
        if (other === character || !new RegExp(`^${character}$`, 'iu').test(other)) continue;
        const reading = read(`{${HEAD},"method":"x","params":{"k${character}":1,"k${other}":2}}`);
        expect([character, other, reading.ok]).toEqual([character, other, false]);
      }
    }
  });

  test('cost no more for many keys', () => {
    const keys = Array.from({ length: 200_000 }, (_, index) => `"Key${index}":1`).join(',');
    expect(verdict(`{${HEAD},"method":"x","params":{${keys}}}`)).toBe('accepted');
    expect(verdict(`{${HEAD},"method":"x","params":{${keys},"kEY77":2}}`)).toBe('case-collision');
  });
});
