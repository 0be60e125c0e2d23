// Header fields that must say the same as the body.
import { describe, expect, it } from 'vitest';
import { checkHeaders } from '../../../src/proxy/headers/check-headers.ts';
import type { Header } from '../../../src/transport/transport.ts';
import { checked, claiming, postOf, request, toolCall, VERSION } from './posts.ts';

const V: Header = ['MCP-Protocol-Version', VERSION];
const LEGACY: Header = ['MCP-Protocol-Version', '2025-11-25'];
const LIST: Header = ['Mcp-Method', 'tools/list'];
const CALL: Header = ['Mcp-Method', 'tools/call'];
const legacy = (method: string): string => `{"jsonrpc":"2.0","id":1,"method":"${method}","params":{}}`;
const note = (params: string): string => `{"jsonrpc":"2.0","method":"notifications/x","params":${params}}`;
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{}}';
const claim = (version: string): string => `{"_meta":{"io.modelcontextprotocol/protocolVersion":${version}}}`;

describe('what agrees passes', () => {
  it.each<[string, string, Header[]]>([
    ['a list', request('tools/list'), [V, LIST]],
    [
      'names of fields in any case',
      request('tools/list'),
      [
        ['mcp-protocol-version', VERSION],
        ['MCP-METHOD', 'tools/list'],
      ],
    ],
    [
      'spaces around values',
      request('tools/list'),
      [
        [V[0], ` ${VERSION}\t`],
        [LIST[0], '  tools/list  '],
      ],
    ],
    ['a call', toolCall('greet'), [V, CALL, ['Mcp-Name', 'greet']]],
    ['a call with spaces around its name', toolCall('greet'), [V, CALL, ['Mcp-Name', '  greet  ']]],
    ['a name in base64 without need', toolCall('greet'), [V, CALL, ['Mcp-Name', '=?base64?Z3JlZXQ=?=']]],
    [
      'a prompt',
      request('prompts/get', { name: 'p' }),
      [V, ['Mcp-Method', 'prompts/get'], ['Mcp-Name', 'p']],
    ],
    [
      'a resource',
      request('resources/read', { uri: 'a://b c' }),
      [V, ['Mcp-Method', 'resources/read'], ['Mcp-Name', 'a://b c']],
    ],
    ['a task', request('tasks/get', { taskId: 't' }), [V, ['Mcp-Method', 'tasks/get'], ['Mcp-Name', 't']]],
    ['a name where the method has none', request('tools/list'), [V, LIST, ['Mcp-Name', 'anything']]],
    ['no name where the body has none', request('prompts/get'), [V, ['Mcp-Method', 'prompts/get']]],
    ['unknown fields', request('tools/list'), [V, LIST, ['Mcp-Param-Other', '=?base64?!?=']]],
    ['a request of older protocols', legacy('tools/list'), [LEGACY, ['Mcp-Method', 'prompts/list']]],
    ['a request without any field', legacy('tools/list'), []],
    ['initialize', legacy('initialize'), []],
    ['an answer', ANSWER, [LEGACY]],
    ['a batch', `[${legacy('ping')},${legacy('tools/list')}]`, [['MCP-Protocol-Version', '2025-03-26']]],
    [
      'a notification that names its version in the header alone',
      note('{}'),
      [V, ['Mcp-Method', 'notifications/x']],
    ],
    ['a notification without Mcp-Method', note('{}'), [V]],
    ['a notification with an envelope and no fields', note(claim(`"${VERSION}"`)), []],
    [
      'an unknown version: the server answers it',
      claiming('"2030-01-01"', request('tools/list')),
      [['MCP-Protocol-Version', '2030-01-01']],
    ],
    [
      'an older version in an envelope: the server answers it',
      claiming('"2025-11-25"', request('tools/list')),
      [LEGACY],
    ],
  ])('%s', (_, body, headers) => {
    expect(checked(body, headers)).toBe('passes');
  });
});

describe('what does not agree is refused', () => {
  it.each<[string, string, Header[], string]>([
    ['no version', request('tools/list'), [LIST], '400 -32020'],
    ['no method', request('tools/list'), [V], '400 -32020'],
    ['no name', toolCall('greet'), [V, CALL], '400 -32020'],
    [
      'no name of a prompt',
      request('prompts/get', { name: 'p' }),
      [V, ['Mcp-Method', 'prompts/get']],
      '400 -32020',
    ],
    [
      'no name of a resource',
      request('resources/read', { uri: 'u' }),
      [V, ['Mcp-Method', 'resources/read']],
      '400 -32020',
    ],
    [
      'no name of a task',
      request('tasks/cancel', { taskId: 't' }),
      [V, ['Mcp-Method', 'tasks/cancel']],
      '400 -32020',
    ],
    ['nothing at all', toolCall('greet'), [], '400 -32020'],
    ['another method', request('tools/list'), [V, ['Mcp-Method', 'prompts/list']], '400 -32020'],
    ['the method in capitals', request('tools/list'), [V, ['Mcp-Method', 'TOOLS/LIST']], '400 -32020'],
    ['a method in raw Latin-1', request('é'), [V, ['Mcp-Method', 'é']], '400 -32020'],
    ['an empty method', request('tools/list'), [V, ['Mcp-Method', '']], '400 -32020'],
    ['another name', toolCall('greet'), [V, CALL, ['Mcp-Name', 'forbidden']], '400 -32020'],
    ['the name in capitals', toolCall('greet'), [V, CALL, ['Mcp-Name', 'GREET']], '400 -32020'],
    ['an empty name', toolCall('greet'), [V, CALL, ['Mcp-Name', '']], '400 -32020'],
    ['another name in base64', toolCall('greet'), [V, CALL, ['Mcp-Name', '=?base64?Zm9v?=']], '400 -32020'],
    [
      'a name in broken base64',
      toolCall('greet'),
      [V, CALL, ['Mcp-Name', '=?base64?Z3JlZXQ?=']],
      '400 -32020',
    ],
    ['a name in raw Latin-1', toolCall('é'), [V, CALL, ['Mcp-Name', 'é']], '400 -32020'],
    [
      'broken base64 though the body has no name',
      request('prompts/get'),
      [V, ['Mcp-Method', 'prompts/get'], ['Mcp-Name', '=?base64?!?=']],
      '400 -32020',
    ],
    ['an older version over an envelope', request('tools/list'), [LEGACY, LIST], '400 -32020'],
    ['an empty version', request('tools/list'), [['MCP-Protocol-Version', ''], LIST], '400 -32020'],
    [
      'an unknown version in the body alone',
      claiming('"v999"', request('tools/list')),
      [V, LIST],
      '400 -32020',
    ],
    [
      'another method under an unknown version',
      claiming('"v999"', request('tools/list')),
      [['MCP-Protocol-Version', 'v999'], CALL],
      '400 -32020',
    ],
    ['initialize under the new version', legacy('initialize'), [V], '400 -32020'],
    ['no envelope under the new version', legacy('tools/list'), [V, LIST], '400 -32602'],
    [
      'an envelope without its version',
      request('tools/list').replace('protocolVersion', 'other'),
      [V, LIST],
      '400 -32602',
    ],
    ['a version that is no text', claiming('20260728', request('tools/list')), [V, LIST], '400 -32602'],
    ['a version that is null, and no header', claiming('null', request('tools/list')), [], '400 -32602'],
    ['a notification of a version that is no text', note(claim('1')), [V], '400 -32602'],
    ['a notification of another version', note(claim(`"${VERSION}"`)), [LEGACY], '400 -32020'],
    ['a notification with another method', note(claim(`"${VERSION}"`)), [V, LIST], '400 -32020'],
    ['a notification with another method, by its header', note('{}'), [V, LIST], '400 -32020'],
    ['a batch with one new message', `[${legacy('ping')},${request('tools/list')}]`, [], '400 -32600'],
    ['a batch under the new version', `[${legacy('ping')}]`, [V], '400 -32600'],
    ['an answer under the new version', ANSWER, [V], '400 -32600'],
  ])('%s', (_, body, headers, answer) => {
    expect(checked(body, headers)).toBe(answer);
  });
});

describe('a problem', () => {
  it('names the request, the header and what is wrong', () => {
    const problem = checkHeaders(postOf(toolCall('greet'), [V, CALL, ['Mcp-Name', ' other ']]));
    expect(problem).toMatchObject({ idText: '1', message: expect.stringContaining('Nothing was forwarded') });
    expect(JSON.parse(problem?.data ?? '')).toEqual({
      mismatch: { header: 'other', body: 'Mcp-Name is not params.name' },
    });
  });

  it('names the header that is missing', () => {
    const problem = checkHeaders(postOf(toolCall('greet'), [V, CALL]));
    expect(JSON.parse(problem?.data ?? '')).toEqual({
      mismatch: { header: '(missing)', body: 'Mcp-Name is missing' },
    });
  });

  it.each([
    ['all', legacy('tools/list'), ['_meta']],
    [
      'its version',
      request('x').replace('protocolVersion', 'o'),
      ['io.modelcontextprotocol/protocolVersion'],
    ],
    [
      'all of its members',
      '{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{}}}',
      ['io.modelcontextprotocol/protocolVersion', 'io.modelcontextprotocol/clientCapabilities'],
    ],
  ])('names what the `_meta` lacks: %s', (_, body, missing) => {
    const problem = checkHeaders(postOf(body, [V]));
    expect(JSON.parse(problem?.data ?? '')).toEqual({ envelope: { missing } });
  });
});
