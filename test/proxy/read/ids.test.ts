// Ids: which ones are equal, and which one a rejected message had.
import { describe, expect, test } from 'vitest';
import { idKey } from '../../../src/proxy/read/id-key.ts';
import { read } from './reading.ts';

describe('ids as keys', () => {
  test.each([
    ['a fraction of zero', '1', '1.0'],
    ['an exponent', '1', '1e0'],
    ['a shifted exponent', '120', '1.2E+2'],
    ['zeros', '0', '-0.00'],
    ['an escape', '"a"', '"\\u0061"'],
    ['an escaped slash', '"a/b"', '"a\\/b"'],
  ])('are equal across %s', (_name, a, b) => {
    expect(idKey(a)).toBe(idKey(b));
  });

  test('differ across values and types', () => {
    const ids = [
      '0',
      '1',
      '-1',
      '10',
      '0.1',
      '9007199254740992',
      '9007199254740993',
      '1e400',
      '1e401',
      'null',
      'true',
      '[1]',
      '{}',
      '""',
      '"1"',
      '"1e0"',
      '"null"',
      '"number 1e0"',
      '"text 1"',
    ];
    expect(new Set(ids.map(idKey)).size).toBe(ids.length);
  });

  test('cost nothing for an enormous exponent', () => {
    expect(idKey('1e100000000').length).toBeLessThan(40);
  });
});

describe('the id of a rejected message', () => {
  test.each([
    ['before what is wrong', '{"jsonrpc":"2.0","id":5,"method":"x","params":{"a":1,"a":2}}', '5'],
    [
      'after what is wrong',
      '{"method":"x","params":{"a":1,"a":2},"jsonrpc":"2.0","id":"a-\\u00e9"}',
      '"a-\\u00e9"',
    ],
    ['with spaces around', '{"method":"x","x":1,"x":2 , "id" : 5 }', '5'],
    ['with an escaped key', '{"method":"x","x":1,"x":2,"\\u0069d":5}', '5'],
    [
      'beside lookalikes below and in texts',
      '{"a":{"id":1},"b":"\\"id\\":2","c":[{"id":3}],"id":4,"method":"x","method":"y"}',
      '4',
    ],
    ['behind a text with one quote', '{"a":"\\"","x":1,"x":2,"id":5,"method":"x"}', '5'],
    ['beyond doubles', '{"id":9007199254740993,"method":null,"jsonrpc":"2.0"}', '9007199254740993'],
    ['though a comma is missing', '{"jsonrpc":"2.0","id":5,"method":"x" "params":{}}', '5'],
    ['behind a carriage return', '{"jsonrpc":"2.0",\r"id":5,"method":"ping"}', '5'],
    ['of a bad tool call', '{"jsonrpc":"2.0","id":5,"method":"tools/call"}', '5'],
  ])('is told where it stands %s', (_name, line, idText) => {
    expect(read(line)).toMatchObject({ ok: false, idText });
  });

  test.each([
    ['there is none', '{"jsonrpc":"2.0","method":null}'],
    ['it stands twice', '{"jsonrpc":"2.0","id":1,"id":2,"method":"x"}'],
    ['it stands twice, once with an escape', '{"jsonrpc":"2.0","id":1,"\\u0069d":2,"method":"x"}'],
    ['it is no id', '{"jsonrpc":"2.0","id":{"a":1},"method":"x"}'],
    ['it is null', '{"jsonrpc":"2.0","id":null,"method":null}'],
    ['the message ends within it', '{"jsonrpc":"2.0","method":"x","id":12'],
    ['it is no number', '{"jsonrpc":"2.0","method":"x","id":12ab}'],
    ['it holds half a surrogate pair', '{"jsonrpc":"2.0","method":"x","id":"\\ud83d"}'],
    ['the message is a batch', '[{"jsonrpc":"2.0","id":1,"method":null}]'],
    ['the message is no object', '"id"'],
    // The server's request has that id, and the client may have one of its own with the same.
    ['the message is an answer', '{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}'],
    ['the message is an error', '{"jsonrpc":"2.0","error":{"a":1,"a":2},"id":1}'],
  ])('is not told where %s', (_name, line) => {
    expect(read(line)).toMatchObject({ ok: false, idText: null });
  });

  test('is not told where it is not UTF-8, but is where something else is not', () => {
    const line = (id: string, text: string): Buffer =>
      Buffer.from(`{"jsonrpc":"2.0","id":"${id}","method":"x","params":{"a":"${text}"}}`, 'latin1');
    expect(read(line('\xff', ''))).toMatchObject({ ok: false, code: 'not-utf8', idText: null });
    expect(read(line('a', '\xff'))).toMatchObject({ ok: false, code: 'not-utf8', idText: '"a"' });
  });
});
