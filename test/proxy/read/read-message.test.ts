// What the proxy learns of messages that are read.
import { describe, expect, test } from 'vitest';
import { JsonNumber } from '../../../src/policy/arguments/json-node.ts';
import { call, read, readOne, toPlain, verdict } from './reading.ts';

describe('a message', () => {
  test.each([
    ['a request', '{"jsonrpc":"2.0","id":1,"method":"ping"}', 'request', '1', 'ping'],
    ['a text as id', '{"jsonrpc":"2.0","id":"\\u0061b","method":"ping"}', 'request', '"\\u0061b"', 'ping'],
    [
      'an id beyond doubles',
      '{"jsonrpc":"2.0","id":9007199254740993,"method":"p"}',
      'request',
      '9007199254740993',
      'p',
    ],
    ['an id with an exponent', '{"jsonrpc":"2.0","id":1.0e0,"method":"p"}', 'request', '1.0e0', 'p'],
    ['null as id', '{"jsonrpc":"2.0","id":null,"method":"p"}', 'request', 'null', 'p'],
    [
      'a notification',
      '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      'notification',
      null,
      'notifications/initialized',
    ],
    ['an answer', '{"jsonrpc":"2.0","id":7,"result":{"Result":1,"result":2}}', 'response', '7', null],
    ['an error', '{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"m"}}', 'response', '7', null],
    ['an error without an id', '{"jsonrpc":"2.0","error":{"code":1,"message":"m"}}', 'response', null, null],
    [
      'an escaped envelope',
      '{"\\u006asonrpc":"\\u0032.0","id":1,"meth\\u006fd":"p\\u0069ng"}',
      'request',
      '1',
      'ping',
    ],
    [
      'unknown members',
      '{"x":[{"y":null}],"jsonrpc":"2.0","id":1,"method":"vendor/x","z":1.50}',
      'request',
      '1',
      'vendor/x',
    ],
    ['params that are a list', '{"jsonrpc":"2.0","id":1,"method":"x","params":[1,2]}', 'request', '1', 'x'],
    [
      'spaces and a CR at its end',
      ' \t{ "jsonrpc" : "2.0" , "id" : 1 , "method" : "ping" } \r',
      'request',
      '1',
      'ping',
    ],
  ])('is known with %s', (_name, line, kind, idText, method) => {
    expect(readOne(line)).toMatchObject({ kind, idText, method, toolCall: null });
  });

  test('stands where its bytes are, in a batch as alone', () => {
    const line = ' [ {"jsonrpc":"2.0","id":"é","method":"a"} ,{"jsonrpc":"2.0","method":"b"}]';
    const reading = read(line);
    expect(reading).toMatchObject({ ok: true, isBatch: true });
    const texts =
      reading.ok && reading.messages.map(({ start, end }) => Buffer.from(line).toString('utf8', start, end));
    expect(texts).toEqual(['{"jsonrpc":"2.0","id":"é","method":"a"}', '{"jsonrpc":"2.0","method":"b"}']);
  });

  test.each([
    ['a number', '7', '7'],
    ['a text', '"a\\"b"', '"a\\"b"'],
    ['an object', '{}', null],
    ['nothing', 'null', null],
  ])('that cancels names %s', (_name, source, cancelsIdText) => {
    const line = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${source}}}`;
    expect(readOne(line).cancelsIdText).toBe(cancelsIdText);
  });

  test.each([
    ['of 2026-07-28', '{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}', true],
    ['with an escape in the key', '{"io.modelcontextprotocol\\/protocolVersion":"2026-07-28"}', true],
    ['of before', '{"progressToken":1}', false],
    ['nested too deep', '{"a":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}', false],
    ['of another type', '["io.modelcontextprotocol/protocolVersion"]', false],
  ])('with a _meta %s is told from others', (_name, meta, isModern) => {
    expect(readOne(call(`"_meta":${meta}`)).isModern).toBe(isModern);
    expect(readOne(`{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":${meta}}}`).isModern).toBe(
      isModern,
    );
  });
});

describe('a tool call', () => {
  test('keeps its arguments without loss: digits, order, keys and texts', () => {
    const { toolCall } = readOne(
      call('"arguments":{"b":1.50,"a":[1e400,-0,{"ü":"\\ud83d\\ude00é\\u0000"}],"__proto__":{},"":null}'),
    );
    expect([...(toolCall?.arguments.keys() ?? [])]).toEqual(['b', 'a', '__proto__', '']);
    expect(toolCall?.arguments.get('b')).toEqual(new JsonNumber('1.50'));
    expect(toolCall?.arguments.get('a')).toEqual([
      new JsonNumber('1e400'),
      new JsonNumber('-0'),
      new Map([['ü', '😀é\0']]),
    ]);
  });

  test.each([
    ['without arguments', '"x":1', {}, false],
    ['with arguments before its name', '"arguments":{"a":[]}', { a: [] }, false],
    ['that asks for a task', '"task":{"ttl":1},"arguments":{}', {}, true],
  ])('is read %s', (_name, members, args, isTask) => {
    const message = readOne(
      `{"params":{${members},"name":"t"},"method":"tools/call","id":1,"jsonrpc":"2.0"}`,
    );
    expect(message.toolCall?.name).toBe('t');
    expect(toPlain(message.toolCall?.arguments ?? null)).toEqual(args);
    expect(message.isTask).toBe(isTask);
  });

  test('is one also as a notification and within a batch', () => {
    const body = '"method":"tools/call","params":{"name":"t"}';
    const reading = read(`[{"jsonrpc":"2.0",${body}},{"jsonrpc":"2.0","id":2,${body}}]`);
    expect(reading.ok && reading.messages.map(({ kind, toolCall }) => [kind, toolCall?.name])).toEqual([
      ['notification', 't'],
      ['request', 't'],
    ]);
  });

  test.each([
    ['no params', '{"jsonrpc":"2.0","id":1,"method":"tools/call"}'],
    ['params that are a list', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["t",{}]}'],
    ['params that are null', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}'],
    ['no name', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{}}}'],
    ['a name that is a number', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":1}}'],
    ['an empty name', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":""}}'],
    ['a name with a NUL', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t\\u0000"}}'],
    ['a name with a line break', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a\\nb"}}'],
    ['a name with DEL', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a\u007f"}}'],
    [
      'a name over 1024 bytes',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${'é'.repeat(513)}"}}`,
    ],
    ['arguments that are a list', call('"arguments":[]')],
    ['arguments that are null', call('"arguments":null')],
    ['arguments that are a text', call('"arguments":"{}"')],
  ])('is rejected with %s', (_name, line) => {
    expect(verdict(line)).toBe('bad-tool-call');
  });

  test('may have a name of 1024 bytes', () => {
    const name = 'é'.repeat(512);
    expect(
      readOne(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}"}}`).toolCall?.name,
    ).toBe(name);
  });
});
