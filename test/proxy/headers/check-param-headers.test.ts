// `Mcp-Param-…` that must say the same as the arguments, and properties of what is made and what is checked.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHeaders } from '../../../src/proxy/headers/check-headers.ts';
import { checkParamHeaders } from '../../../src/proxy/headers/check-param-headers.ts';
import { createToolHeaders } from '../../../src/proxy/headers/tool-headers.ts';
import type { Header } from '../../../src/transport/transport.ts';
import { ANNOTATED, annotatedCall, mutate, toolNames } from './calls.ts';
import { headersFor, learn, postOf, toolCall } from './posts.ts';

const tools = createToolHeaders();
learn(tools, 'annotated', ANNOTATED);

function outcome(args: string, params: Record<string, string>, name = 'annotated'): string {
  const headers = Object.entries(params).map(([key, value]): Header => [`mcp-PARAM-${key}`, value]);
  const problem = checkParamHeaders(postOf(toolCall(name, args), headers), tools);
  return problem === null ? 'passes' : `${problem.status} ${problem.code}`;
}

describe('arguments and header fields that agree', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a text', '{"text":"eu"}', { Text: 'eu' }],
    ['a text in base64 without need', '{"text":"Hello"}', { Text: '=?base64?SGVsbG8=?=' }],
    ['base64 without its mark', '{"text":"SGVsbG8="}', { Text: 'SGVsbG8=' }],
    ['base64 with half of its mark', '{"text":"=?base64?SGVsbG8="}', { Text: '=?base64?SGVsbG8=' }],
    ['spaces around', '{"text":"eu"}', { Text: ' eu\t' }],
    ['an integer', '{"count":42}', { Count: '42' }],
    ['an integer with decimals', '{"count":42}', { Count: '42.0' }],
    ['an integer in another spelling', '{"count":4.2e1}', { Count: '42' }],
    ['an integer beyond doubles', '{"count":9007199254740993}', { Count: '9007199254740993' }],
    ['an integer beyond doubles that was left out', '{"count":9007199254740993}', {}],
    ['a boolean', '{"flag":false}', { Flag: 'false' }],
    ['a nested argument', '{"nested":{"text":"x"}}', { 'Nested-Text': 'x' }],
    ['nothing', '{}', {}],
    ['null', '{"text":null}', {}],
    ['a list', '{"text":["a"]}', {}],
    ['a header field that no argument belongs to', '{}', { Text: 'eu', Other: '=?base64?!?=' }],
  ])('pass: %s', (_, args, params) => {
    expect(outcome(args, params)).toBe('passes');
  });

  it('are not looked for where the tool is not known, or the message is of older protocols', () => {
    expect(outcome('{"text":"eu"}', { Text: 'us' }, 'other')).toBe('passes');
    const legacy =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"annotated","arguments":{"text":"a"}}}';
    expect(checkParamHeaders(postOf(legacy, []), tools)).toBeNull();
  });
});

describe('arguments and header fields that do not agree', () => {
  it.each<[string, string, Record<string, string>]>([
    ['no field', '{"text":"eu"}', {}],
    ['no field of an empty text', '{"text":""}', {}],
    ['another text', '{"text":"eu"}', { Text: 'us' }],
    ['another case', '{"text":"eu"}', { Text: 'EU' }],
    ['another text in base64', '{"text":"eu"}', { Text: '=?base64?dXM=?=' }],
    ['base64 without padding', '{"text":"Hello"}', { Text: '=?base64?SGVsbG8?=' }],
    ['base64 with other characters', '{"text":"Hello"}', { Text: '=?base64?SGVs!!!bG8=?=' }],
    ['another integer', '{"count":42}', { Count: '43' }],
    [
      'an integer that a double takes for the same',
      '{"count":9007199254740993}',
      { Count: '9007199254740992' },
    ],
    ['an integer with an exponent', '{"count":100}', { Count: '1e2' }],
    ['an integer in words', '{"count":1e999999}', { Count: 'Infinity' }],
    ['a boolean in capitals', '{"flag":true}', { Flag: 'True' }],
    ['no field of a boolean', '{"flag":false}', {}],
    ['no field of a nested argument', '{"nested":{"text":"x"}}', {}],
    ['one of several', '{"text":"eu","count":1}', { Text: 'eu', Count: '2' }],
  ])('are refused: %s', (_, args, params) => {
    expect(outcome(args, params)).toBe('400 -32020');
  });

  it('are named, but not what they say', () => {
    const post = postOf(toolCall('annotated', '{"text":"secret"}'), [['Mcp-Param-Text', 'hidden']]);
    const problem = checkParamHeaders(post, tools);
    expect(JSON.parse(problem?.data ?? '')).toEqual({
      mismatch: { header: 'Mcp-Param-Text', body: "Mcp-Param-Text is not the call's argument" },
    });
    expect(JSON.stringify(problem)).not.toMatch(/secret|hidden/);
  });
});

describe('what is made', () => {
  const isRefused = (body: string, headers: readonly Header[]): boolean => {
    const post = postOf(body, headers);
    return (checkHeaders(post) ?? checkParamHeaders(post, tools)) !== null;
  };

  it('agrees, and no longer once a byte of any of its values is another one', () => {
    fc.assert(
      fc.property(annotatedCall, fc.nat(), fc.nat(), (args, which, where) => {
        const body = toolCall('annotated', args);
        const headers = headersFor(body, tools);
        expect(isRefused(body, headers)).toBe(false);
        expect(isRefused(body, mutate(headers, which, where))).toBe(true);
      }),
    );
  });

  it('agrees with the name of every tool, and with no other one', () => {
    fc.assert(
      fc.property(toolNames, toolNames, (name, other) => {
        const headers = headersFor(toolCall(name));
        expect(isRefused(toolCall(name), headers)).toBe(false);
        expect(isRefused(toolCall(other), headers)).toBe(other !== name);
      }),
    );
  });

  it('agrees with no other arguments', () => {
    fc.assert(
      fc.property(annotatedCall, annotatedCall, (args, other) => {
        const headers = headersFor(toolCall('annotated', args), tools);
        expect(isRefused(toolCall('annotated', other), headers)).toBe(other !== args);
      }),
    );
  });
});
