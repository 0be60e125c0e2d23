// What HTTP says beside a message of protocol 2026-07-28 (SEP-2243), for clients that speak no HTTP themselves.
import type { Header } from '../../transport/transport.ts';
import { parseNode } from '../read/parse-node.ts';
import type { Span } from '../read/read-members.ts';
import type { MessageParts } from '../read/read-message.ts';
import { argumentText, encodeHeaderValue, isPlainText } from './header-value.ts';
import { createLearntTools, type LearntTools } from './learnt-tools.ts';
import { nameOf, versionOf } from './message-facts.ts';
import { argumentAt, headerNameOf, type ParamHeader } from './param-header.ts';
import { readParamHeaders } from './read-param-headers.ts';

export interface ToolHeaders {
  /**
   * The header fields of a message that is about to be sent: `MCP-Protocol-Version`, `Mcp-Method`, `Mcp-Name`,
   * `Mcp-Param-…`. None for messages of older protocols.
   */
  headersOf(line: Buffer, message: MessageParts): readonly Header[];
  /**
   * Learns which arguments of a tool are to be said in header fields, from the tool as it stands in a list. False: what
   * it asks for is not valid, so that nobody could call it; it must not be listed.
   */
  learnTool(line: Buffer, tool: Span): boolean;
  /** What was learnt of the tool of this name; nothing where it never came by, or asks for nothing. */
  paramsOf(name: string): readonly ParamHeader[];
}

/** For one server. Of tools that were listed long ago it forgets what they asked for, before it takes much memory. */
export function createToolHeaders(): ToolHeaders {
  const tools = createLearntTools();
  return {
    headersOf: (line, message) => headersOf(line, message, tools),
    learnTool: (line, tool) => learnTool(line.subarray(tool.start, tool.end), tools),
    paramsOf: tools.get,
  };
}

/**
 * A version or method that no header field carries as it is goes without: no other spelling is allowed there, and the
 * server refuses the message.
 */
function headersOf(line: Buffer, message: MessageParts, tools: LearntTools): Header[] {
  const version = versionOf(line, message);
  const { kind, method } = message;
  if (version === null || method === null) return [];
  const headers: Header[] = [];
  if (isPlainText(version)) headers.push(['MCP-Protocol-Version', version]);
  if (isPlainText(method)) headers.push(['Mcp-Method', method]);
  if (kind !== 'request') return headers;
  const name = nameOf(line, message)?.text ?? null;
  if (name !== null) headers.push(['Mcp-Name', encodeHeaderValue(name)]);
  return [...headers, ...paramHeaders(message, tools)];
}

function paramHeaders({ toolCall }: MessageParts, tools: LearntTools): Header[] {
  if (toolCall === null) return [];
  return tools.get(toolCall.name).flatMap((param) => {
    const text = argumentText(argumentAt(toolCall.arguments, param));
    return text === null ? [] : [[headerNameOf(param), encodeHeaderValue(text)]];
  });
}

/** `source` is the tool's JSON text. */
function learnTool(source: Buffer, tools: LearntTools): boolean {
  const tool = parseNode(source, 0);
  const name = tool instanceof Map ? tool.get('name') : null;
  if (!(tool instanceof Map) || typeof name !== 'string') return true;
  const params = readParamHeaders(tool.get('inputSchema'));
  tools.set(name, params ?? []);
  return params !== null;
}
