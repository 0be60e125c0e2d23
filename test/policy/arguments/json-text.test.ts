// JSON read without loss and without doubt, as data and manifests of bundles must be.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printJson } from '../../../src/policy/arguments/json-node.ts';
import { JSON_BYTES_MAX, readJsonText } from '../../../src/policy/arguments/json-text.ts';

const read = (text: string): string => printJson(readJsonText(Buffer.from(text)));

test.each([
  ['[1.0,1e2,-0,12345678901234567890,0.10]'],
  ['{"b":[],"a":{},"":null}'],
  ['"\\"\\\\x, ]}: 1"'],
  ['{"a,b":"[1]","c:d":{"e":[true,false]}}'],
])('keeps %s as it is', (text) => {
  expect(read(text)).toBe(text);
});

test('reads whatever JSON there is as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      if (/\\ud[89a-f]/.test(text)) return;
      expect(JSON.parse(read(text))).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['{"a":1,"a":2}', /"a" stands there twice/],
  ['{"a":1,"\\u0061":2}', /twice/],
  ['"\\ud800"', /surrogate/],
  ['{"\\udc00":1}', /surrogate/],
  ['{"a":1}x', /JSON/],
  ['{"a":1', /JSON/],
  ['01', /JSON/],
  ['', /JSON/],
  ['\ufeff{}', /JSON/],
  ['['.repeat(300) + ']'.repeat(300), /256 deep/],
])('refuses %j', (text, told) => {
  expect(() => read(text)).toThrow(told);
});

test('refuses bytes that are no UTF-8', () => {
  expect(() => readJsonText(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/encoded/);
});

test('refuses a text over the limit', () => {
  expect(() => readJsonText(Buffer.alloc(JSON_BYTES_MAX + 1, ' '))).toThrow(/over 16 MiB/);
});

test('reads a text of many megabytes', () => {
  const text = `"${'x\\n'.repeat(3_000_000)}"`;
  expect(read(text)).toHaveLength(text.length);
});
