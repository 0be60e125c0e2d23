// What is learnt of the server's lines, and that filtering a list changes nothing but the tools that go.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listTools } from '../../../src/proxy/read/list-tools.ts';
import { readServerLine, type ServerMessage } from '../../../src/proxy/read/read-server-line.ts';

function readOne(line: string): ServerMessage {
  const reading = readServerLine(Buffer.from(line));
  if (reading.kind !== 'messages' || reading.messages.length !== 1) throw new Error(reading.kind);
  return reading.messages[0] as ServerMessage;
}

describe('a line of the server', () => {
  test.each([
    ['a banner', 'Server listening on stdio'],
    ['a log line in brackets', '[info] started'],
    ['half a message', '{"jsonrpc":"2.0","id":1,'],
    ['a text', '"hello"'],
    ['a number', '42'],
    ['null', 'null'],
  ])('is noise where it is %s', (_name, line) => {
    expect(readServerLine(Buffer.from(line))).toEqual({ kind: 'noise' });
  });

  test.each([
    ['a duplicate key', '{"id":1,"id":2,"result":{}}'],
    ['half a surrogate pair', '{"id":1,"result":{"a":"\\ud83d"}}'],
    ['a depth over 1000', `{"id":1,"result":${'['.repeat(1001)}${']'.repeat(1001)}}`],
    ['a batch with a number', '[1]'],
  ])('is unclear, but read, where it has %s', (_name, line) => {
    expect(readServerLine(Buffer.from(line))).toEqual({ kind: 'unclear', parsed: JSON.parse(line) });
  });

  test('is unclear where it is not UTF-8', () => {
    expect(readServerLine(Buffer.from('{"id":1,"result":"\xff"}', 'latin1')).kind).toBe('unclear');
  });

  test.each<[string, string, Partial<ServerMessage>]>([
    [
      'an answer',
      '{"jsonrpc":"2.0","id":1.0,"result":{}}',
      { kind: 'response', idText: '1.0', isError: false },
    ],
    [
      'an answer without a version',
      '{"id":"x","result":5}',
      { kind: 'response', idText: '"x"', tools: null },
    ],
    ['an error', '{"id":null,"error":{}}', { kind: 'response', idText: 'null', isError: true }],
    ['an error of a tool', '{"id":1,"result":{"isError":true}}', { isError: false, isToolError: true }],
    ['a result that says it is none', '{"id":1,"result":{"isError":false}}', { isToolError: false }],
    ['a request', '{"id":1,"method":"roots/list"}', { kind: 'request', idText: '1', method: 'roots/list' }],
    [
      'a notification',
      '{"method":"notifications/progress","params":{}}',
      { kind: 'notification', idText: null },
    ],
    ['an id that is none', '{"id":true,"result":{}}', { kind: 'response', idText: 'true' }],
    ['tools that are no list', '{"id":1,"result":{"tools":{}}}', { tools: null }],
  ])('is read as %s', (_name, line, expected) => {
    expect(readOne(line)).toMatchObject(expected);
  });

  test('may be a batch', () => {
    const reading = readServerLine(Buffer.from('[{"id":1,"result":{}}, {"method":"x"}]'));
    expect(reading.kind === 'messages' && reading.messages.map(({ kind }) => kind)).toEqual([
      'response',
      'notification',
    ]);
  });
});

function filter(line: string, isListed: (name: string) => boolean): string {
  return listTools(Buffer.from(line), readOne(line), { isListed }).toString();
}

const list = (tools: string): string =>
  `{"jsonrpc":"2.0", "id":1,"result":{"ttlMs":5,"tools":${tools},"nextCursor":"" ,"_meta":{"n":1.0}}}`;

describe('filtering a list of tools', () => {
  test.each([
    ['the first', '[{"name":"x1"},{"name":"b"}]', '[{"name":"b"}]'],
    ['the last', '[{"name":"a"},{"name":"x1"}]', '[{"name":"a"}]'],
    [
      'one between, with its own comma',
      '[ {"name":"a"} , {"name":"x1"} ,\t{"name":"b"} ]',
      '[ {"name":"a"} ,\t{"name":"b"} ]',
    ],
    [
      'several in a row',
      '[{"name":"x1"},{"name":"x2"},{"name":"a"},{"name":"x3"},{"name":"x4"}]',
      '[{"name":"a"}]',
    ],
    ['all, and keeps the page', '[ {"name":"x1"}, {"name":"x2"} ]', '[  ]'],
    ['one whose name has an escape', '[{"name":"\\u0078\\u0031"},{"name":"a"}]', '[{"name":"a"}]'],
    [
      'those without a readable name',
      '[{"name":5},{"title":"t"},"a",null,[{"name":"a"}],{"name":"a"}]',
      '[{"name":"a"}]',
    ],
    [
      'one with brackets and names within',
      '[{"d":"]},{","x":[{"name":"a"}],"name":"x1"},{"name":"a"}]',
      '[{"name":"a"}]',
    ],
  ])('cuts out %s', (_name, tools, left) => {
    expect(filter(list(tools), (name) => !name.startsWith('x'))).toBe(list(left));
  });

  test.each([['[]'], ['[ ]'], ['[ {"name":"a","inputSchema":{"$ref":"#"},"é":1.50} , {"name":"b"} ]']])(
    'gives the very bytes where nothing goes: %s',
    (tools) => {
      const line = Buffer.from(list(tools));
      expect(listTools(line, readOne(list(tools)), { isListed: () => true })).toBe(line);
    },
  );

  const scoped = (scope: string, tools: string): string =>
    `{"id":1,"result":{"tools":${tools},"cacheScope":${scope},"ttlMs":1}}`;

  test.each([
    ['where tools were cut', '"public"', '"private"', ['b'], undefined],
    ['where it is one agent’s own', '"public"', '"private"', ['a', 'b'], true],
    ['not where it is the same for everybody', '"public"', '"public"', ['a', 'b'], undefined],
  ])('makes a list private: %s', (_name, before, after, listed, isPersonal) => {
    const line = Buffer.from(scoped(before, '[{"name":"a"},{"name":"b"}]'));
    const rules = { isListed: (name: string) => listed.includes(name), isPersonal };
    const tools = listed.length === 1 ? '[{"name":"b"}]' : '[{"name":"a"},{"name":"b"}]';
    expect(listTools(line, readOne(line.toString()), rules).toString()).toBe(scoped(after, tools));
  });

  test('keeps what is listed, in order, and every other byte', () => {
    const tool = fc.record({ name: fc.constantFrom('a', 'b', 'x1', 'x2', 'é'), n: fc.integer() });
    const space = fc.constantFrom('', ' ', '\t ', '\r');
    fc.assert(
      fc.property(fc.array(fc.tuple(tool, space, space)), space, (items, inside) => {
        const source = (kept: typeof items): string =>
          kept.map(([value, before, after]) => `${before}${JSON.stringify(value)}${after}`).join(',');
        const filtered = filter(list(`[${inside}${source(items)}]`), (name) => !name.startsWith('x'));
        const kept = items.filter(([{ name }]) => !name.startsWith('x'));
        expect(JSON.parse(filtered)).toEqual(JSON.parse(list(`[${source(kept)}]`)));
        const [head = '', tail = ''] = list('[]').split('[]');
        expect([filtered.startsWith(`${head}[`), filtered.endsWith(`]${tail}`)]).toEqual([true, true]);
      }),
    );
  });
});
