// Invariant 1: nothing that another parser, or another way of splitting lines, would read as another call gets through.
import { describe, expect, test } from 'vitest';
import { HEAD, many, verdict } from './reading.ts';

const ALLOWED = '"method":"tools/call","params":{"name":"read_file","arguments":{}}';

describe('invariant 1: rejects', () => {
  test.each([
    // Go takes keys in any case, the last one wins (facts/peers.md, B1 to B7).
    ['B1 Name beside name', `{${HEAD},"method":"tools/call","params":{"name":"delete","Name":"read_file"}}`],
    [
      'B1 in the other order',
      `{${HEAD},"method":"tools/call","params":{"Name":"delete","name":"read_file"}}`,
    ],
    ['B2 Method that hides method', `{${HEAD},"method":"tools/call","params":{"name":"t"},"Method":"ping"}`],
    [
      'B2 Method beside a harmless one',
      `{${HEAD},"Method":"tools/call","method":"ping","params":{"name":"t"}}`,
    ],
    [
      'B3 ARGUMENTS of another type',
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{},"ARGUMENTS":5}}`,
    ],
    ['B4 JSONRPC of another type', `{${HEAD},${ALLOWED},"JSONRPC":2}`],
    [
      'B7 Arguments that are merged',
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{"amount":9},"Arguments":{"amount":1}}}`,
    ],
    ['Params beside params', `{${HEAD},${ALLOWED},"Params":{"name":"delete"}}`],
    ['PARAMS alone', `{${HEAD},"method":"tools/call","params":{"name":"t"},"PARAMS":null}`],
    ['ID beside id', `{${HEAD},"ID":7,"method":"tools/list"}`],
    ['Result beside a method', `{${HEAD},"method":"ping","Result":{}}`],
    ['Arguments alone', `{${HEAD},"method":"tools/call","params":{"name":"t","Arguments":{"amount":9}}}`],
    ['_Meta alone', `{${HEAD},"method":"tools/call","params":{"name":"t","_Meta":{}}}`],
    [
      'a long s, which Go folds to s',
      `{${HEAD},"method":"tools/call","params":{"name":"t","argument\u017f":{"amount":9}}}`,
    ],
    ['a dotted I in the envelope', `{${HEAD},${ALLOWED},"\u0130d":2}`],
    ['an I without a dot in the envelope', `{${HEAD},${ALLOWED},"\u0131d":2}`],
    ['a long s in the envelope', `{${HEAD},${ALLOWED},"param\u017f":{"name":"delete"}}`],
    ['a Kelvin sign in task', `{${HEAD},"method":"tools/call","params":{"name":"t","tas\u212a":{}}}`],
    ['an escaped key in another case', `{${HEAD},${ALLOWED},"\\u004dethod":"ping"}`],
    ['unknown keys that differ in case', `{${HEAD},"method":"x","params":{"uri":"a","URI":"b"}}`],
    ['unknown keys in Greek', `{${HEAD},"method":"x","params":{"σ":"a","ς":"b"}}`],
    [
      'requestId of a cancellation in another case',
      `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"RequestId":1}}`,
    ],
    ['a method in capitals', `{${HEAD},"method":"Tools/Call","params":{"name":"t"}}`],
    ['a method with spaces around', `{${HEAD},"method":" tools/call\u00a0","params":{"name":"t"}}`],
  ])('case-collision: %s', (_name, line) => {
    expect(verdict(line)).toBe('case-collision');
  });

  test.each([
    ['name', `{${HEAD},"method":"tools/call","params":{"name":"read_file","name":"delete"}}`],
    ['method', `{${HEAD},"method":"ping","method":"tools/call","params":{"name":"t"}}`],
    ['an escaped key', `{${HEAD},"method":"ping","meth\\u006fd":"tools/call","params":{"name":"t"}}`],
    ['a key with a surrogate pair', `{${HEAD},"method":"x","params":{"😀":1,"\\ud83d\\ude00":2}}`],
    ['params', `{${HEAD},${ALLOWED},"params":{"name":"delete"}}`],
    [
      'arguments',
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{},"arguments":{"amount":9}}}`,
    ],
    [
      'an argument',
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{"amount":9,"amount":1}}}`,
    ],
    [
      'a nested argument',
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{"a":[{"b":1,"b":2}]}}}`,
    ],
    ['a key in _meta', `{${HEAD},"method":"x","params":{"_meta":{"a":1,"a":2}}}`],
    ['a key of an answer', '{"jsonrpc":"2.0","id":1,"result":{"action":"decline","action":"accept"}}'],
    ['the last of many keys', `{${HEAD},"method":"x","params":{"o":{${many(40)},"k7":1}}}`],
    ['a key of a few', `{${HEAD},"method":"x","params":{"o":{${many(16)},"k15":1}}}`],
    ['a key in a batch', `[{${HEAD},"method":"ping"},{${HEAD},"method":"ping","id":2}]`],
  ])('duplicate-key: %s', (_name, line) => {
    expect(verdict(line)).toBe('duplicate-key');
  });

  test.each([
    [
      'a NUL that ends method in C',
      `{${HEAD},"method":"ping","method\\u0000":"tools/call","params":{"name":"t"}}`,
    ],
    [
      'a NUL that ends an argument',
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{"amount\\u0000":9,"amount":1}}}`,
    ],
    ['a NUL in a key of another message', `{${HEAD},"method":"x","params":{"a":{"\\u0000":1}}}`],
    ['__proto__ in the message', `{${HEAD},"method":"ping","__proto__":{"params":{"name":"delete"}}}`],
    [
      '__proto__ in params',
      `{${HEAD},"method":"tools/call","params":{"name":"t","__proto__":{"arguments":{"amount":9}}}}`,
    ],
    [
      '__proto__ with an escape',
      `{${HEAD},"method":"tools/call","params":{"name":"t","\\u005f_proto__":{}}}`,
    ],
  ])('ambiguous-key: %s', (_name, line) => {
    expect(verdict(line)).toBe('ambiguous-key');
  });

  test.each([
    ['a CR between members', `{${HEAD},\r"method":"ping"}`],
    ['a CR between the messages of a batch', `[{${HEAD},"method":"ping"},\r{${HEAD},"method":"ping"}]`],
    ['a whole message behind a CR', `{${HEAD},"method":"ping"}\r{${HEAD},${ALLOWED}}`],
    ['a CR at the start', `\r{${HEAD},"method":"ping"}`],
    ['two CRs at the end', `{${HEAD},"method":"ping"}\r\r`],
    ['a CR before a space', `{${HEAD},"method":"ping"}\r `],
    ['a raw CR in a text', `{${HEAD},"method":"x","params":{"a":"\r"}}`],
    ['a LF, where another transport brings one', `{${HEAD},\n"method":"ping"}`],
  ])('line-break: %s', (_name, line) => {
    expect(verdict(line)).toBe('line-break');
  });

  test.each([
    ['nothing', ''],
    ['only spaces', '   '],
    ['a word', 'hello'],
    ['a message cut short', `{${HEAD},"method":"pi`],
    ['an object without its end', `{${HEAD},"method":"ping"`],
    ['another message behind it', `{${HEAD},"method":"ping"}{${HEAD},${ALLOWED}}`],
    ['trailing data', `{${HEAD},"method":"ping"} x`],
    ['a trailing comma', `{${HEAD},"method":"ping",}`],
    ['a comma too many', `{${HEAD},,"method":"ping"}`],
    ['a leading comma', `{,${HEAD},"method":"ping"}`],
    ['a comment', `{${HEAD},"method":"ping"/*,"method":"tools/call"*/}`],
    ['single quotes', `{'jsonrpc':'2.0',"id":1,"method":"ping"}`],
    ['a key without quotes', `{${HEAD},method:"ping"}`],
    ['a BOM', `\ufeff{${HEAD},"method":"ping"}`],
    ['a no-break space', `{${HEAD},\u00a0"method":"ping"}`],
    ['a line separator between members', `{${HEAD},\u2028"method":"ping"}`],
    ['a form feed', `{${HEAD},\f"method":"ping"}`],
    ['a raw NUL', `{${HEAD},"method":"ping\0"}`],
    ['a raw NUL behind it', `{${HEAD},"method":"ping"}\0`],
    ['a raw tab in a text', `{${HEAD},"method":"pi\tng"}`],
    ['an unknown escape', `{${HEAD},"method":"\\x70ing"}`],
    ['a short escape', `{${HEAD},"method":"\\u70"}`],
    ['NaN', `{${HEAD},"method":"x","params":{"a":NaN}}`],
    ['Infinity', `{${HEAD},"method":"x","params":{"a":-Infinity}}`],
    ['a plus sign', `{${HEAD},"method":"x","params":{"a":+1}}`],
    ['a leading zero', `{${HEAD},"method":"x","params":{"a":01}}`],
    ['a hexadecimal number', `{${HEAD},"method":"x","params":{"a":0x10}}`],
    ['a point without digits', `{${HEAD},"method":"x","params":{"a":1.}}`],
    ['a number that starts with a point', `{${HEAD},"method":"x","params":{"a":.5}}`],
    ['an exponent without digits', `{${HEAD},"method":"x","params":{"a":1e+}}`],
    ['a bare minus', `{${HEAD},"method":"x","params":{"a":-}}`],
    ['a word in capitals', `{${HEAD},"method":"x","params":{"a":True}}`],
    ['a word with a tail', `{${HEAD},"method":"x","params":{"a":nullx}}`],
    ['brackets that do not match', `{${HEAD},"method":"x","params":{"a":[1}]}`],
  ])('not-json: %s', (_name, line) => {
    expect(verdict(line)).toBe('not-json');
  });

  test('not-json: every raw control character in a text and in a key', () => {
    // CR and LF are known by another name.
    const controls = Array.from({ length: 32 }, (_, code) => code).filter(
      (code) => code !== 10 && code !== 13,
    );
    for (const control of controls.map((code) => String.fromCharCode(code))) {
      expect(verdict(`{${HEAD},"method":"x","params":{"a":"${control}"}}`)).toBe('not-json');
      expect(verdict(`{${HEAD},"method":"x","params":{"${control}":1}}`)).toBe('not-json');
    }
  });

  test.each([
    ['a lone byte', '\xff'],
    ['an overlong slash', '\xc0\xaf'],
    ['a surrogate in UTF-8', '\xed\xa0\xbd'],
    ['a code point over 10FFFF', '\xf4\x90\x80\x80'],
    ['a character cut short', '\xe2\x82'],
  ])('not-utf8: %s', (_name, bytes) => {
    expect(verdict(Buffer.from(`{${HEAD},"method":"x","params":{"a":"${bytes}"}}`, 'latin1'))).toBe(
      'not-utf8',
    );
  });

  test.each([
    ['half a pair', '"a":"\\ud83d"'],
    ['the other half', '"a":"\\ude00"'],
    ['a pair in the wrong order', '"a":"\\ude00\\ud83d"'],
    ['two first halves', '"a":"\\ud83d\\ud83d"'],
    ['two second halves', '"a":"\\ude00\\ude00"'],
    ['half a pair before an escape', '"a":"\\ud83d\\n"'],
    ['half a pair in a key', '"\\ud83d":1'],
  ])('lone-surrogate: %s', (_name, member) => {
    expect(verdict(`{${HEAD},"method":"x","params":{${member}}}`)).toBe('lone-surrogate');
    expect(verdict(`{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{${member}}}}`)).toBe(
      'lone-surrogate',
    );
  });

  test.each([
    ['lists', nested('[', ']', 127)],
    ['objects', nested('{"a":', '}', 127)],
  ])('too-deep: %s over 128 deep, not 128', (_name, value) => {
    expect(verdict(`{${HEAD},"method":"x","params":${value}}`)).toBe('accepted');
    expect(verdict(`{${HEAD},"method":"x","params":{"a":${value}}}`)).toBe('too-deep');
    expect(verdict(`{${HEAD},"method":"tools/call","params":{"name":"t","arguments":{"a":${value}}}}`)).toBe(
      'too-deep',
    );
  });

  test.each([
    ['a text', '"x"'],
    ['a number', '1'],
    ['null', 'null'],
    ['an empty batch', '[]'],
    ['a batch that is too long', `[${Array(1001).fill(`{${HEAD},"method":"ping"}`).join()}]`],
    ['a batch in a batch (B5)', `[[{${HEAD},${ALLOWED}}]]`],
    ['a batch with a number', `[{${HEAD},"method":"ping"},1]`],
    ['an empty object', '{}'],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
    ['a version that is a number', '{"jsonrpc":2.0,"id":1,"method":"ping"}'],
    ['no version', '{"id":1,"method":"ping"}'],
    ['a method that is null', `{${HEAD},"method":null}`],
    ['a method that is a list', `{${HEAD},"method":["tools/call"],"params":{"name":"t"}}`],
    ['a method with a NUL', `{${HEAD},"method":"tools/call\\u0000","params":{"name":"t"}}`],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}'],
    ['an id that is a list', '{"jsonrpc":"2.0","id":[1],"method":"ping"}'],
    ['an id that is true', '{"jsonrpc":"2.0","id":true,"method":"ping"}'],
    ['neither method nor answer', `{${HEAD}}`],
    ['method and result', `{${HEAD},"method":"ping","result":{}}`],
    ['method and error', `{${HEAD},${ALLOWED},"error":null}`],
    ['result and error', `{${HEAD},"result":{},"error":{}}`],
  ])('not-a-message: %s', (_name, line) => {
    expect(verdict(line)).toBe('not-a-message');
  });
});

function nested(open: string, close: string, depth: number): string {
  return `${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}`;
}
