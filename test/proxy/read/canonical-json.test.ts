// The canonical form: equal for equal values, different for different ones, and never costly.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/proxy/read/canonical-json.ts';
import { readArguments } from '../../../src/proxy/read/read-arguments.ts';
import { sha256 } from '../../../src/proxy/sha256.ts';

function canonical(text: string): string {
  const reading = readArguments(Buffer.from(text));
  if ('problem' in reading) throw new Error(reading.problem);
  return canonicalJson(reading.arguments);
}

type Json = fc.JsonValue;

/** The same value, with its members in another order. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member as Json)]),
  );
}

describe('canonical JSON', () => {
  test.each([
    ['order and spaces', '{"b":1,"a":[true,null]}', '{ "a" : [ true , null ] , "b" : 1 }'],
    ['spellings of numbers', '{"a":[1,100,0.5,0]}', '{"a":[1.0,1e2,5E-1,-0.0]}'],
    ['spellings of texts', '{"é/":"\\u00e9\\n"}', '{"\\u00e9\\/":"é\\u000a"}'],
  ])('is equal across %s', (_name, a, b) => {
    expect(canonical(a)).toBe(canonical(b));
  });

  test.each([
    ['a number and its text', '{"a":1}', '{"a":"1"}'],
    ['neighbours beyond doubles', '{"a":9007199254740992}', '{"a":9007199254740993}'],
    ['numbers beyond every range', '{"a":1e400}', '{"a":1e401}'],
    ['the order of a list', '{"a":[1,2]}', '{"a":[2,1]}'],
    ['null and nothing', '{"a":null}', '{}'],
    ['a member and its parts', '{"a":{"b":1}}', '{"a":{},"b":1}'],
    ['texts that look like structure', '{"a":"1,2"}', '{"a":["1","2"]}'],
  ])('tells %s apart', (_name, a, b) => {
    expect(canonical(a)).not.toBe(canonical(b));
  });

  test('sorts members by UTF-16 code units, as RFC 8785 does', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '😀', '\u0080', 'ö'];
    const text = canonical(JSON.stringify(Object.fromEntries(keys.map((key) => [key, '']))));
    expect(Object.keys(JSON.parse(text))).toEqual(['1', '\r', '\u0080', 'ö', '\u20ac', '😀', '\ufb33']);
  });

  // Approvals wait in state files for days, and journals stay for ever: digests must outlive the version that made them.
  test.each([
    ['nothing', '{}', '{}'],
    ['empty keys', '{"b":[{"z":null,"a":{}}],"":{"":""}}', '{"":{"":""},"b":[{"a":{},"z":null}]}'],
    [
      'keys that code points would sort otherwise',
      '{"\ufb33":true,"😀":true,"€":true,"z":true,"10":true,"9":true}',
      '{"10":true,"9":true,"z":true,"€":true,"😀":true,"\ufb33":true}',
    ],
    [
      'keys that objects have by themselves',
      '{"a":"","__proto__":{"x":[]},"constructor":true,"_":false}',
      '{"_":false,"__proto__":{"x":[]},"a":"","constructor":true}',
    ],
    [
      'numbers',
      '{"n":[1E400,0.10,1e21,12345678901234567890,-5e-7,1.50e3,0e5,-0.0]}',
      '{"n":[1e400,1e-1,1e21,1234567890123456789e1,-5e-7,15e2,0,0]}',
    ],
    [
      'texts',
      '{"\\u2028\\"\\\\\\/":"\\u0000\\u001f\\u007f\\u2029\\ud83d\\ude00"}',
      '{"\u2028\\"\\\\/":"\\u0000\\u001f\u007f\u2029😀"}',
    ],
    ['lists in lists', '{"a":[[],[[null]],{"b":{"a":[false]}}]}', '{"a":[[],[[null]],{"b":{"a":[false]}}]}'],
  ])('is what it was in every version, with %s', (_name, given, form) => {
    expect(canonical(given)).toBe(form);
  });

  test('has the digest that it had in every version', () => {
    const text = canonical('{"a":1,"__proto__":{"x":[]},"constructor":true,"_":false}');
    expect(sha256(text)).toBe('4195d4184914ad388712d54d59f9bd225a0a67752fa00d31e0c028b89f71519d');
  });

  test('is the same value still, and the same text again', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = canonical(JSON.stringify(value));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonical(text)).toBe(text);
        expect(canonical(JSON.stringify(shuffled(value as Json)))).toBe(text);
      }),
    );
  });

  test('keeps the exponent of an enormous number', () => {
    expect(canonical('{"a":1e100000000,"b":-1E-100000000}').length).toBeLessThan(60);
  });
});

describe('arguments that stand alone', () => {
  test.each([
    ['a list', '[]', 'it is no object'],
    ['a duplicate key', '{"a":1,"a":2}', 'the key "a" stands twice in one object'],
    ['trailing data', '{} x', 'it is not valid JSON: byte 0x78 is not allowed there (byte 4)'],
    ['nothing', '', 'it is not valid JSON: it ends too early (byte 1)'],
  ])('are refused as %s', (_name, text, problem) => {
    expect(readArguments(Buffer.from(text))).toEqual({ problem });
  });

  test('are refused where they are not UTF-8', () => {
    expect(readArguments(Buffer.from([0x7b, 0xff, 0x7d]))).toEqual({ problem: 'not UTF-8' });
  });

  test('may stand over several lines', () => {
    expect(canonical('{\r\n  "a": 1\n}\n')).toBe(canonical('{"a":1}'));
  });
});
