// The HTTP status of errors of a server that speaks no HTTP.
import { expect, it } from 'vitest';
import { hasWholeEnvelope } from '../../../src/proxy/headers/message-facts.ts';
import { statusOf } from '../../../src/proxy/headers/status-of.ts';
import { readOne } from '../read/reading.ts';
import { claiming, META, request } from './posts.ts';

const WHOLE = { isModern: true, hasWholeEnvelope: true };

it.each([
  ['no JSON', -32700, 400],
  ['no request', -32600, 400],
  ['an unknown method', -32601, 404],
  ['bad params, such as an unknown tool', -32602, 200],
  ['a failure inside', -32603, 200],
  ['header fields that disagree', -32020, 400],
  ['a capability that the client lacks', -32021, 400],
  ['an unknown version', -32022, 400],
  ['an error of the application', 403, 200],
])('%s (%i) is %i', (_, code, status) => {
  expect(statusOf(code, WHOLE)).toBe(status);
  expect(statusOf(code, { isModern: false, hasWholeEnvelope: false })).toBe(200);
});

it('says 400 for bad params where the `_meta` of the request lacks something', () => {
  expect(statusOf(-32602, { isModern: true, hasWholeEnvelope: false })).toBe(400);
});

const body = request('tools/list');
const noInfo = { ...META, 'io.modelcontextprotocol/clientInfo': undefined };
it.each([
  ['whole', body, true],
  [
    'without the client, which nobody must name',
    JSON.stringify({ ...JSON.parse(body), params: { _meta: noInfo } }),
    true,
  ],
  ['without capabilities', body.replace('/clientCapabilities', '/other'), false],
  [
    'with capabilities that are none',
    body.replace('/clientCapabilities":{}', '/clientCapabilities":5'),
    false,
  ],
  ['without a version', body.replace('/protocolVersion', '/other'), false],
  ['with a version that is no text', claiming('20260728', body), false],
  ['of older protocols', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', false],
])('an envelope %s: %s', (_, message, isWhole) => {
  expect(hasWholeEnvelope(Buffer.from(message), readOne(message))).toBe(isWhole);
});
