// Bodies and header fields of POSTs, for the tests of header fields.
import { type CheckedPost, checkHeaders } from '../../../src/proxy/headers/check-headers.ts';
import { createToolHeaders, type ToolHeaders } from '../../../src/proxy/headers/tool-headers.ts';
import { readMessage } from '../../../src/proxy/read/read-message.ts';
import type { Header } from '../../../src/transport/transport.ts';
import { readOne } from '../read/reading.ts';

export const VERSION = '2026-07-28';
const KEY = 'io.modelcontextprotocol';
export const META = {
  [`${KEY}/protocolVersion`]: VERSION,
  [`${KEY}/clientInfo`]: { name: 'test', version: '1' },
  [`${KEY}/clientCapabilities`]: {},
};

/** A request of 2026-07-28. */
export function request(method: string, params: object = {}): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: META } });
}

/** A tools/call; `args` is JSON text, so that numbers stand as they are written. */
export function toolCall(name: string, args = '{}'): string {
  return request('tools/call', { name, arguments: 'ARGS' }).replace('"ARGS"', () => args);
}

/** The same request with another version in its `_meta`; `version` is JSON text. */
export function claiming(version: string, body: string): string {
  return body.replace(`"${KEY}/protocolVersion":"${VERSION}"`, () => `"${KEY}/protocolVersion":${version}`);
}

/** A POST that was read; names of header fields as a listener gives them: whatever their case. */
export function postOf(body: string, headers: readonly Header[]): CheckedPost {
  const bytes = Buffer.from(body);
  const reading = readMessage(bytes, { allowsLineBreaks: true });
  if (!reading.ok) throw new Error(`rejected: ${reading.code}: ${reading.detail}`);
  const header = (name: string) => headers.find(([other]) => other.toLowerCase() === name)?.[1];
  return { body: bytes, reading, header };
}

/** `passes`, or status and code as in `400 -32020`. */
export function checked(body: string, headers: readonly Header[]): string {
  const problem = checkHeaders(postOf(body, headers));
  return problem === null ? 'passes' : `${problem.status} ${problem.code}`;
}

/** What a client over HTTP would send with this body. */
export function headersFor(body: string, tools: ToolHeaders = createToolHeaders()): readonly Header[] {
  return tools.headersOf(Buffer.from(body), readOne(body));
}

/** Whether a tool with this schema may be listed; it is learnt. */
export function learn(tools: ToolHeaders, name: string, inputSchema: unknown): boolean {
  const line = Buffer.from(`  ${JSON.stringify({ name, inputSchema })}  `);
  return tools.learnTool(line, { start: 2, end: line.length - 2 });
}
