// Values of header fields: every text survives the way there and back, and only what the rules allow is decoded.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  argumentText,
  decodeHeaderValue,
  encodeHeaderValue,
} from '../../../src/proxy/headers/header-value.ts';
import { parseNode } from '../../../src/proxy/read/parse-node.ts';

const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

describe('encodeHeaderValue', () => {
  it.each([
    ['plain text', 'us-west1', 'us-west1'],
    ['spaces inside', 'us west 1', 'us west 1'],
    ['a tab inside', 'a\tb', 'a\tb'],
    ['all that is visible', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
    ['text beyond ASCII', 'Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    ['spaces around', ' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['a space before', ' a', base64(' a')],
    ['a tab after', 'a\t', base64('a\t')],
    ['a line break', 'line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['a header of its own', 'a\r\nX-Evil: 1', base64('a\r\nX-Evil: 1')],
    ['a NUL', 'a\0b', base64('a\0b')],
    ['DEL', 'a\u007fb', base64('a\u007fb')],
    ['Latin-1', 'é', base64('é')],
    ['nothing', '', '=?base64??='],
    ['what looks encoded', '=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
    ['only the start of that', '=?base64?SGVsbG8=', '=?base64?SGVsbG8='],
    ['only the end of that', 'SGVsbG8=?=', 'SGVsbG8=?='],
    ['that in capitals', '=?BASE64?SGVsbG8=?=', '=?BASE64?SGVsbG8=?='],
    ['the start with the end in it', '=?base64?=', base64('=?base64?=')],
  ])('%s', (_, text, value) => {
    expect(encodeHeaderValue(text)).toBe(value);
    expect(decodeHeaderValue(value)).toBe(text);
  });

  it('gives back every text, and writes nothing that a header field does not carry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(2), (text, blanks) => {
        const value = encodeHeaderValue(text);
        expect(value).toMatch(/^[\t\x20-\x7e]+$/);
        expect(value).toBe(value.trim());
        expect(decodeHeaderValue(' \t'.repeat(blanks) + value + ' '.repeat(blanks))).toBe(text);
      }),
    );
  });
});

describe('decodeHeaderValue', () => {
  it.each([
    ['base64 without its padding', '=?base64?SGVsbG8?='],
    ['base64 with other characters', '=?base64?SGVs!!!bG8=?='],
    ['base64 with a space', '=?base64?SGVs bG8=?='],
    ['base64 for URLs', '=?base64?_-__?='],
    ['base64 with idle bits', '=?base64?QR==?='],
    ['base64 of what is no UTF-8', '=?base64?/w==?='],
    ['characters beyond ASCII', 'é'],
    ['a control character', 'a\u0001'],
    ['a start that is the end as well', '=?base64?='],
  ])('refuses %s', (_, value) => {
    expect(decodeHeaderValue(value)).toBeNull();
  });
});

describe('argumentText', () => {
  it.each([
    ['"text"', 'text'],
    ['""', ''],
    ['true', 'true'],
    ['false', 'false'],
    ['42', '42'],
    ['-7', '-7'],
    ['-0', '0'],
    ['42.0', '42'],
    ['1e2', '100'],
    ['9007199254740993', '9007199254740993'],
    ['-123456789012345678901234567890', '-123456789012345678901234567890'],
    ['1.50', '1.5'],
    ['null', null],
    ['[1]', null],
    ['{"a":1}', null],
    ['1e999999', null],
  ])('%s is %j', (json, text) => {
    expect(argumentText(parseNode(Buffer.from(json), 0))).toBe(text);
  });

  it('is null for no argument', () => {
    expect(argumentText(undefined)).toBeNull();
  });
});
