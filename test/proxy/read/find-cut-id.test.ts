// Whose a message is that was too large to be read, told from its ends.
import { expect, test } from 'vitest';
import { type CutMessage, findCutId } from '../../../src/proxy/read/find-cut-id.ts';

const found = (head: string, tail: string): CutMessage | null =>
  findCutId({ head: Buffer.from(head), tail: Buffer.from(tail) });

const answer = (idText: string) => ({ kind: 'response', idText });
const request = (idText: string) => ({ kind: 'request', idText });

test.each<[string, string, string, CutMessage | ReturnType<typeof answer> | null]>([
  ['an id at the beginning', '{"jsonrpc":"2.0","id":7,"result":{"a":"', '"}}', answer('7')],
  ['an id at the end', '{"result":{"a":"', '"},"jsonrpc":"2.0","id":7}', answer('7')],
  ['a text at the end', '{"error":{"a":"', '"} , "id" : "a\\"}b" } \r', answer('"a\\"}b"')],
  ['a request', '{"method":"tools/call","params":{"id":3,"a":"', '"},"jsonrpc":"2.0","id":4}', request('4')],
  ['an id of another object', '{"jsonrpc":"2.0","result":{"id":3,"a":"', '","id":5}}', null],
  ['an id in a text', '{"jsonrpc":"2.0","result":{"a":"', '{\\"id\\":5}"}}', null],
  ['two ids', '{"id":1,"id":2,"result":{"a":"', '"}}', null],
  ['request and answer at once', '{"id":1,"method":"x","result":{"a":"', '"}}', null],
  ['neither', '{"id":1,"params":{"a":"', '"}}', null],
  ['an id that is none', '{"id":null,"result":{"a":"', '"}}', null],
  ['an id that is cut off', '{"result":{},"id":12', '34,"x":1}', null],
  ['a batch', '[{"jsonrpc":"2.0","id":7,"result":{"a":"', '"}}]', null],
  ['no JSON', 'xxxxxxxx', 'xxxx', null],
])('%s', (_name, head, tail, expected) => {
  expect(found(head, tail)).toEqual(expected);
});
