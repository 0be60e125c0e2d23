// JSON for people: laid out, and otherwise to the digit what was sent.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOutJson } from '../../src/approvals/layout-json.ts';

test.each([
  ['{}', '{}'],
  ['[]', '[]'],
  ['5', '5'],
  ['"a,b:{}[]"', '"a,b:{}[]"'],
  ['{"a":{},"b":[]}', '{\n  "a": {},\n  "b": []\n}'],
  ['[[],[[]],{"a":[{}]}]', '[\n  [],\n  [\n    []\n  ],\n  {\n    "a": [\n      {}\n    ]\n  }\n]'],
  ['{"a":1,"a":2,"__proto__":3}', '{\n  "a": 1,\n  "a": 2,\n  "__proto__": 3\n}'],
  ['{"a\\"}":"\\\\","b":"\\\\\\""}', '{\n  "a\\"}": "\\\\",\n  "b": "\\\\\\""\n}'],
])('%s', (json, expected) => {
  expect(layOutJson(json)).toBe(expected);
});

test.each(['1.00', '12345678901234567890', '1e400', '-0.0', '1E+2', '0.1000000000000000055'])(
  'keeps every digit of %s',
  (number) => {
    expect(layOutJson(`{"a":${number},"b":[${number}]}`)).toBe(
      `{\n  "a": ${number},\n  "b": [\n    ${number}\n  ]\n}`,
    );
  },
);

test('keeps the escapes of texts, and line breaks within them', () => {
  expect(layOutJson('{"a":"\\u202e\\n","b":"\u2028é\u{1f600}"}')).toBe(
    '{\n  "a": "\\u202e\\n",\n  "b": "\u2028é\u{1f600}"\n}',
  );
});

test('lays out megabytes, and thousands of levels', () => {
  const text = `"${'\\n,[{'.repeat(1_000_000)}"`;
  expect(layOutJson(`{"a":${text}}`)).toBe(`{\n  "a": ${text}\n}`);
  const deep = `${'['.repeat(2000)}${']'.repeat(2000)}`;
  expect(layOutJson(deep).replaceAll(/\s/g, '')).toBe(deep);
});

test('any JSON is laid out as JSON.stringify does it, and means the same', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (json) => {
      const value: unknown = JSON.parse(json);
      const shown = layOutJson(JSON.stringify(value));
      expect(JSON.parse(shown)).toEqual(value);
      expect(shown).toBe(JSON.stringify(value, null, 2));
    }),
    { numRuns: 1000 },
  );
});
