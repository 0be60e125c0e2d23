// What Regent makes, the reference server takes; what Regent refuses, the reference server refuses in the same way.
import { classifyInboundRequest } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkHeaders } from '../../../src/proxy/headers/check-headers.ts';
import { checkParamHeaders } from '../../../src/proxy/headers/check-param-headers.ts';
import { createToolHeaders } from '../../../src/proxy/headers/tool-headers.ts';
import type { Header } from '../../../src/transport/transport.ts';
import { ANNOTATED, annotatedCall, mutate, toolNames } from './calls.ts';
import { checked, claiming, headersFor, learn, postOf, request, toolCall, VERSION } from './posts.ts';
import { type ReferenceServer, startReferenceServer } from './reference-server.ts';

const NAMES = [
  'greet',
  'two words',
  'grüß',
  '世界',
  '=?base64?Z3JlZXQ=?=',
  '=?base64?=',
  ' padded ',
  'a/b:c,"d"',
  '🙂',
];
const V: Header = ['MCP-Protocol-Version', VERSION];
const LEGACY: Header = ['MCP-Protocol-Version', '2025-11-25'];
const LIST: Header = ['Mcp-Method', 'tools/list'];
const CALL: Header = ['Mcp-Method', 'tools/call'];

const tools = createToolHeaders();
learn(tools, 'annotated', ANNOTATED);
let reference: ReferenceServer;
let strict: ReferenceServer;

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  reference = await startReferenceServer(NAMES);
  strict = await startReferenceServer(NAMES, { strict: true });
});

afterAll(async () => {
  await reference.close();
  await strict.close();
});

/** Regent in the place of a server, which knows the tool `annotated`. */
function regent(body: string, headers: readonly Header[]): string {
  const post = postOf(body, headers);
  const problem = checkHeaders(post) ?? checkParamHeaders(post, tools);
  return problem === null ? '200' : `${problem.status} ${problem.code}`;
}

describe('the reference server takes what is made for', () => {
  it.each(NAMES)('a call of the tool %j', async (name) => {
    const body = toolCall(name);
    expect(await reference.post(body, headersFor(body, tools))).toBe('200');
  });

  it.each([
    ['a list', request('tools/list')],
    ['discovery', request('server/discover')],
    ['texts', toolCall('annotated', '{"text":" Grüße ","nested":{"text":"=?base64?x?="}}')],
    ['an integer', toolCall('annotated', '{"count":-42}')],
    ['an integer with an exponent', toolCall('annotated', '{"count":12e3}')],
    ['an integer beyond doubles', toolCall('annotated', '{"count":9007199254740993}')],
    ['a boolean and an empty text', toolCall('annotated', '{"flag":false,"text":""}')],
    ['nothing', toolCall('annotated', '{}')],
  ])('%s', async (_, body) => {
    expect(await reference.post(body, headersFor(body, tools))).toBe('200');
  });

  it('any call, and refuses it as Regent does once a byte of a header field is another one', async () => {
    await fc.assert(
      fc.asyncProperty(annotatedCall, fc.nat(), fc.nat(), async (args, which, where) => {
        const body = toolCall('annotated', args);
        const headers = headersFor(body, tools);
        expect(await reference.post(body, headers)).toBe('200');
        const changed = mutate(headers, which, where);
        expect(await reference.post(body, changed)).toBe('400 -32020');
        expect(regent(body, changed)).toBe('400 -32020');
      }),
      { numRuns: 60 },
    );
  });

  it('the name of any tool, and refuses it for another one', async () => {
    await fc.assert(
      fc.asyncProperty(toolNames, toolNames, async (name, other) => {
        const headers = headersFor(toolCall(name));
        const answer = await reference.post(toolCall(other), headers);
        expect(answer === '400 -32020').toBe(name !== other);
        expect(regent(toolCall(other), headers)).toBe(name === other ? '200' : '400 -32020');
        expect(await reference.post(toolCall(name), headers)).not.toBe('400 -32020');
      }),
      { numRuns: 60 },
    );
  });
});

describe('the reference server answers as Regent does', () => {
  const greet = toolCall('greet');
  const legacy = (method: string): string => `{"jsonrpc":"2.0","id":1,"method":"${method}","params":{}}`;
  const call = (value: string): Header[] => [V, CALL, ['Mcp-Name', value]];
  const annotated = (field: string): Header[] => [...call('annotated'), ['Mcp-Param-Text', field]];

  it.each<[string, string, Header[]]>([
    ['no version', request('tools/list'), [LIST]],
    ['no method', request('tools/list'), [V]],
    ['no name', greet, [V, CALL]],
    ['no name of a task', request('tasks/get', { taskId: 't' }), [V, ['Mcp-Method', 'tasks/get']]],
    ['nothing at all', greet, []],
    ['the method in capitals', request('tools/list'), [V, ['Mcp-Method', 'TOOLS/LIST']]],
    ['another method', request('tools/list'), [V, CALL]],
    ['another name', greet, call('forbidden')],
    ['an empty name', greet, call('')],
    ['spaces around a name', greet, call('  greet\t')],
    ['a name in broken base64', greet, call('=?base64?Z3JlZXQ?=')],
    ['a name in base64', greet, call('=?base64?Z3JlZXQ=?=')],
    ['an older version over an envelope', request('tools/list'), [LEGACY, LIST]],
    ['an unknown version in the body alone', claiming('"v999.0.0"', request('tools/list')), [V, LIST]],
    ['initialize under the new version', legacy('initialize'), [V]],
    ['no envelope under the new version', legacy('tools/list'), [V, LIST]],
    ['an envelope without its version', request('tools/list').replace('protocolVersion', 'other'), [V, LIST]],
    ['a version that is no text', claiming('20260728', request('tools/list')), [V, LIST]],
    ['a batch with a new message', `[${legacy('ping')},${request('tools/list')}]`, [V]],
    [
      'names of fields in any case',
      request('tools/list'),
      [
        ['MCP-PROTOCOL-VERSION', VERSION],
        ['mcp-method', 'tools/list'],
      ],
    ],
    ['no field of an argument', toolCall('annotated', '{"text":"a"}'), call('annotated')],
    ['a field in base64', toolCall('annotated', '{"text":"Hello"}'), annotated('=?base64?SGVsbG8=?=')],
    ['a field without padding', toolCall('annotated', '{"text":"Hello"}'), annotated('=?base64?SGVsbG8?=')],
    [
      'a field with other characters',
      toolCall('annotated', '{"text":"Hello"}'),
      annotated('=?base64?SGVs!!!bG8=?='),
    ],
    ['a field without prefix', toolCall('annotated', '{"text":"SGVsbG8="}'), annotated('SGVsbG8=')],
    [
      'a field without suffix',
      toolCall('annotated', '{"text":"=?base64?SGVsbG8="}'),
      annotated('=?base64?SGVsbG8='),
    ],
    ['a field of nothing', toolCall('annotated', '{}'), annotated('x')],
    [
      'decimals of an integer',
      toolCall('annotated', '{"count":42}'),
      [...call('annotated'), ['Mcp-Param-Count', '42.0']],
    ],
    [
      'no field of an integer beyond doubles',
      toolCall('annotated', '{"count":9007199254740993}'),
      call('annotated'),
    ],
    ['an older request with new fields', legacy('tools/list'), [LEGACY, CALL]],
  ])('%s', async (_, body, headers) => {
    expect(await reference.post(body, headers)).toBe(regent(body, headers));
  });

  it.each<[string, string]>([
    ['a batch', `[${legacy('ping')}]`],
    ['an answer', '{"jsonrpc":"2.0","id":1,"result":{}}'],
  ])('%s under the new version, where it speaks no other', async (_, body) => {
    expect(await strict.post(body, [V])).toBe(checked(body, [V]));
  });

  it.each<[string, Header[], string]>([
    ['that agrees', [V, ['Mcp-Method', 'notifications/x']], 'modern'],
    ['without Mcp-Method', [V], 'modern'],
    ['with another method', [V, LIST], 'reject'],
    ['of older protocols', [LEGACY], 'legacy'],
  ])('a notification %s', (_, headers, kind) => {
    const body = '{"jsonrpc":"2.0","method":"notifications/x"}';
    const { header } = postOf(body, headers);
    const [version, method] = [header('mcp-protocol-version'), header('mcp-method')];
    const outcome = classifyInboundRequest({
      httpMethod: 'POST',
      ...(version !== undefined && { protocolVersionHeader: version }),
      ...(method !== undefined && { mcpMethodHeader: method }),
      body: JSON.parse(body),
    });
    expect(outcome.kind).toBe(kind);
    expect(checked(body, headers)).toBe(kind === 'reject' ? '400 -32020' : 'passes');
  });
});

describe('what only the server can answer', () => {
  it.each<[string, string, Header[]]>([
    [
      'an unknown version',
      claiming('"v999.0.0"', request('tools/list')),
      [['MCP-Protocol-Version', 'v999.0.0']],
    ],
    ['an older version in an envelope', claiming('"2025-11-25"', request('tools/list')), [LEGACY]],
  ])('reaches it: %s', async (_, body, headers) => {
    expect(checked(body, headers)).toBe('passes');
    expect(await reference.post(body, headers)).toBe('400 -32022');
  });
});
