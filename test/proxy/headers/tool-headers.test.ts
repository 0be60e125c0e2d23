// Header fields for clients that speak no HTTP: what each message gets, and what is learnt from lists of tools.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLearntTools } from '../../../src/proxy/headers/learnt-tools.ts';
import { createToolHeaders } from '../../../src/proxy/headers/tool-headers.ts';
import { readMessage } from '../../../src/proxy/read/read-message.ts';
import { claiming, headersFor, learn, request, toolCall, VERSION } from './posts.ts';

const string = (name: unknown) => ({ type: 'string', 'x-mcp-header': name });
const schema = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

describe('headersOf', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a list', request('tools/list'), { 'Mcp-Method': 'tools/list' }],
    ['a call', toolCall('greet'), { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'greet' }],
    [
      'a call with a name beyond ASCII',
      toolCall('grüß'),
      { 'Mcp-Method': 'tools/call', 'Mcp-Name': '=?base64?Z3LDvMOf?=' },
    ],
    ['a prompt', request('prompts/get', { name: 'p' }), { 'Mcp-Method': 'prompts/get', 'Mcp-Name': 'p' }],
    [
      'a resource',
      request('resources/read', { uri: 'file:///a b' }),
      { 'Mcp-Method': 'resources/read', 'Mcp-Name': 'file:///a b' },
    ],
    ['a task', request('tasks/update', { taskId: '7' }), { 'Mcp-Method': 'tasks/update', 'Mcp-Name': '7' }],
    ['a prompt without name', request('prompts/get', { name: 5 }), { 'Mcp-Method': 'prompts/get' }],
    ['a method of an extension', request('vendor/x', { name: 'n' }), { 'Mcp-Method': 'vendor/x' }],
    ['a method that no header field carries', request('tools/lïst'), {}],
    ['a method with a space around', request(' tools/list'), {}],
  ])('%s', (_, body, headers) => {
    expect(Object.fromEntries(headersFor(body))).toEqual({ 'MCP-Protocol-Version': VERSION, ...headers });
  });

  it.each([
    ['a request of older protocols', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}'],
    [
      'initialize',
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}',
    ],
    ['an answer', '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ['a version that is no text', claiming('20260728', request('tools/list'))],
  ])('gives %s none', (_, body) => {
    expect(headersFor(body)).toEqual([]);
  });

  it('says method and version of a notification with an envelope, and no more', () => {
    expect(headersFor(toolCall('greet').replace('"id":1,', ''))).toEqual([
      ['MCP-Protocol-Version', VERSION],
      ['Mcp-Method', 'tools/call'],
    ]);
  });

  it('never writes a header field of its own for a version with a line break', () => {
    const headers = headersFor(claiming('"2026-07-28\\r\\nX-Evil: 1"', request('tools/list')));
    expect(headers).toEqual([['Mcp-Method', 'tools/list']]);
  });

  it('reads the message in its place, also inside a batch', () => {
    const line = Buffer.from(` [ ${request('tools/list')} , ${toolCall('greet')} ]`);
    const reading = readMessage(line);
    const messages = reading.ok ? reading.messages : [];
    const headers = messages.map((message) =>
      Object.fromEntries(createToolHeaders().headersOf(line, message)),
    );
    expect(headers).toMatchObject([{ 'Mcp-Method': 'tools/list' }, { 'Mcp-Name': 'greet' }]);
  });
});

describe('Mcp-Param-…', () => {
  const tools = createToolHeaders();
  learn(
    tools,
    'sql',
    schema({
      region: string('Region'),
      level: { type: 'integer', 'x-mcp-header': 'Level' },
      dry: { type: 'boolean', 'x-mcp-header': 'dry_run' },
      where: schema({ zone: schema({ name: string('Zone') }) }),
      query: { type: 'string' },
    }),
  );

  it.each<[string, string, Record<string, string>]>([
    ['nothing given', '{}', {}],
    ['a text', '{"region":"eu"}', { Region: 'eu' }],
    ['a text beyond ASCII', '{"region":"世界"}', { Region: '=?base64?5LiW55WM?=' }],
    ['an empty text', '{"region":""}', { Region: '=?base64??=' }],
    ['an integer', '{"level":42}', { Level: '42' }],
    ['a negative integer', '{"level":-7}', { Level: '-7' }],
    [
      'an integer beyond doubles, to its last digit',
      '{"level":9007199254740993}',
      { Level: '9007199254740993' },
    ],
    ['an integer with an exponent', '{"level":12e3}', { Level: '12000' }],
    ['true and false', '{"dry":true}', { dry_run: 'true' }],
    ['false', '{"dry":false}', { dry_run: 'false' }],
    ['null', '{"region":null,"level":1}', { Level: '1' }],
    ['a list and an object', '{"region":["eu"],"level":{"a":1}}', {}],
    ['arguments that are not annotated', '{"query":"SELECT"}', {}],
    ['a nested argument', '{"where":{"zone":{"name":"z"}}}', { Zone: 'z' }],
    ['a chain that breaks off', '{"where":{"zone":"z"}}', {}],
    ['a chain through a list', '{"where":[{"zone":{"name":"z"}}]}', {}],
    [
      'a value that two header fields would make',
      '{"region":"a\\r\\nMcp-Param-Level: 1"}',
      { Region: '=?base64?YQ0KTWNwLVBhcmFtLUxldmVsOiAx?=' },
    ],
  ])('%s', (_, args, params) => {
    const found = headersFor(toolCall('sql', args), tools).filter(([name]) => name.startsWith('Mcp-Param-'));
    expect(Object.fromEntries(found.map(([name, value]) => [name.slice(10), value]))).toEqual(params);
  });

  it('has none for other tools, whatever they are called', () => {
    for (const name of ['other', 'constructor', '__proto__', 'SQL']) {
      expect(headersFor(toolCall(name, '{"region":"eu"}'), tools)).toHaveLength(3);
    }
  });
});

describe('learnTool', () => {
  const inKeyword = (keyword: string, value: unknown): [string, unknown] => [
    `in ${keyword}`,
    schema({ a: { type: 'string', [keyword]: value } }),
  ];
  const inner = schema({ x: string('X') });

  it.each<[string, unknown]>([
    ['no schema', undefined],
    ['a schema that is none', true],
    ['no annotation', schema({ a: { type: 'string' } })],
    [
      'texts, integers and booleans',
      schema({
        a: string('A'),
        b: { type: 'integer', 'x-mcp-header': 'B' },
        c: { type: 'boolean', 'x-mcp-header': 'C' },
      }),
    ],
    ['every character of a token', schema({ a: string("!#$%&'*+-.^_`|~0Az") })],
    ['an annotation deep in properties', schema({ a: schema({ b: schema({ c: string('C') }) }) })],
    ['an argument that is called like the annotation', schema({ 'x-mcp-header': { type: 'string' } })],
    [
      'values that only look like one',
      schema({ a: { type: 'object', default: { 'x-mcp-header': 1 }, examples: [{ 'x-mcp-header': 1 }] } }),
    ],
    ['properties that are none', schema({ a: { type: 'string', properties: 5 } })],
    [
      'keywords without annotation',
      schema({ a: { oneOf: [{ type: 'string' }, true], $defs: { b: inner.type } } }),
    ],
  ])('lists a tool with %s', (_, inputSchema) => {
    expect(learn(createToolHeaders(), 't', inputSchema)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['an empty name', schema({ a: string('') })],
    ['a name with a space', schema({ a: string('My Region') })],
    ['a name with a colon', schema({ a: string('Region:Primary') })],
    ['a name beyond ASCII', schema({ a: string('Région') })],
    ['a name with a tab', schema({ a: string('Region\t1') })],
    ['a name with a line break', schema({ a: string('Region\r\nX') })],
    ['a name that ends with a line break', schema({ a: string('Region\n') })],
    ['a name that is no text', schema({ a: string(5) })],
    ['a name that is null', schema({ a: string(null) })],
    ['a number', schema({ a: { type: 'number', 'x-mcp-header': 'A' } })],
    ['an object', schema({ a: { type: 'object', 'x-mcp-header': 'A' } })],
    ['a list', schema({ a: { type: 'array', 'x-mcp-header': 'A' } })],
    ['null', schema({ a: { type: 'null', 'x-mcp-header': 'A' } })],
    ['several types', schema({ a: { type: ['string', 'null'], 'x-mcp-header': 'A' } })],
    ['no type', schema({ a: { 'x-mcp-header': 'A' } })],
    ['a name twice', schema({ a: string('Region'), b: string('Region') })],
    ['a name twice but for case', schema({ a: string('MyField'), b: schema({ c: string('myfield') }) })],
    ['the schema itself', { ...schema({}), 'x-mcp-header': 'A' }],
    ['the schema itself, of a text', { type: 'string', 'x-mcp-header': 'A' }],
    inKeyword('items', inner),
    inKeyword('items', [inner]),
    inKeyword('prefixItems', [{}, inner]),
    inKeyword('additionalItems', inner),
    inKeyword('contains', inner),
    inKeyword('additionalProperties', string('A')),
    inKeyword('unevaluatedProperties', inner),
    inKeyword('unevaluatedItems', inner),
    inKeyword('propertyNames', string('A')),
    inKeyword('contentSchema', inner),
    inKeyword('oneOf', [inner]),
    inKeyword('anyOf', [{ allOf: [inner] }]),
    inKeyword('not', inner),
    inKeyword('if', inner),
    inKeyword('then', inner),
    inKeyword('else', inner),
    inKeyword('patternProperties', { '^a': string('A') }),
    inKeyword('dependentSchemas', { a: inner }),
    inKeyword('dependencies', { a: inner }),
    inKeyword('$defs', { a: inner }),
    inKeyword('definitions', { a: { $defs: { b: string('A') } } }),
    ['the root of $defs', { ...schema({}), $defs: { a: string('A') } }],
  ])('does not list a tool with an annotation of %s', (_, inputSchema) => {
    const tools = createToolHeaders();
    expect(learn(tools, 't', inputSchema)).toBe(false);
    expect(tools.paramsOf('t')).toEqual([]);
  });

  it('forgets what a tool asked for when it is listed anew', () => {
    const tools = createToolHeaders();
    learn(tools, 't', schema({ a: string('A') }));
    expect(tools.paramsOf('t')).toEqual([{ name: 'A', path: ['a'] }]);
    learn(tools, 't', schema({ b: string('B') }));
    expect(tools.paramsOf('t')).toEqual([{ name: 'B', path: ['b'] }]);
    learn(tools, 't', schema({}));
    expect(tools.paramsOf('t')).toEqual([]);
  });

  it('forgets it also when what it asks for is not valid any more', () => {
    const tools = createToolHeaders();
    learn(tools, 't', schema({ a: string('A') }));
    learn(tools, 't', schema({ a: string('') }));
    expect(tools.paramsOf('t')).toEqual([]);
  });

  it('finds annotations whose key is written with escapes', () => {
    const line = Buffer.from(
      '{"name":"t","inputSchema":{"properties":{"a":{"type":"string","x-mcp-\\u0068eader":"A"}}}}',
    );
    const tools = createToolHeaders();
    expect(tools.learnTool(line, { start: 0, end: line.length })).toBe(true);
    expect(tools.paramsOf('t')).toEqual([{ name: 'A', path: ['a'] }]);
  });

  it('leaves a tool without a name to others', () => {
    const line = Buffer.from('{"inputSchema":{"x-mcp-header":1}} 5');
    const tools = createToolHeaders();
    expect(tools.learnTool(line, { start: 0, end: 34 })).toBe(true);
    expect(tools.learnTool(line, { start: 35, end: 36 })).toBe(true);
  });
});

describe('memory', () => {
  const param = (name: string) => [{ name, path: [name] }];

  it('keeps ten thousand tools and forgets those that were listed longest ago', () => {
    const tools = createLearntTools();
    for (let index = 0; index < 10_001; index += 1) tools.set(`t${index}`, param('A'));
    expect(tools.get('t0')).toEqual([]);
    expect(tools.get('t1')).toEqual(param('A'));
    expect(tools.get('t10000')).toEqual(param('A'));
  });

  it('counts a tool that is listed again as new', () => {
    const tools = createLearntTools({ tools: 2, characters: 1000 });
    for (const name of ['a', 'b', 'a', 'c']) tools.set(name, param('A'));
    expect(['a', 'b', 'c'].filter((name) => tools.get(name).length > 0)).toEqual(['a', 'c']);
  });

  it('keeps no more text than its limit, whatever a server lists', () => {
    const limits = { tools: 5, characters: 40 };
    const texts = fc.string({ unit: 'grapheme', maxLength: 30 });
    const listed = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      fc.array(texts, { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(listed, { maxLength: 40 }), (lists) => {
        const tools = createLearntTools(limits);
        for (const [name, names] of lists)
          tools.set(
            name,
            names.map((text) => ({ name: text, path: [] })),
          );
        const kept = [...'abcdefg'].filter((name) => tools.get(name).length > 0);
        const texts = kept.flatMap((name) => [name, ...tools.get(name).map((found) => found.name)]);
        expect(texts.join('').length).toBeLessThanOrEqual(limits.characters);
        expect(kept.length).toBeLessThanOrEqual(limits.tools);
        const [last, names] = lists.at(-1) ?? ['', []];
        const size = last.length + names.join('').length;
        if (names.length > 0 && size <= limits.characters) expect(kept).toContain(last);
      }),
    );
  });
});
