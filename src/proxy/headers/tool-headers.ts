// What HTTP says beside a message of protocol 2026-07-28 (SEP-2243), for clients that speak no HTTP themselves.
import type { Header } from '../../transport/transport.ts';
import type { Span } from '../read/read-members.ts';
import type { MessageParts } from '../read/read-message.ts';

export interface ToolHeaders {
  /** The header fields of a message that is about to be sent: `Mcp-Method`, `Mcp-Name`, `Mcp-Param-…`, the version. */
  headersOf(line: Buffer, message: MessageParts): readonly Header[];
  /**
   * Learns which arguments of a tool are to be said in header fields, from the tool as it stands in a list. False: what
   * it asks for is not valid, so that nobody could call it; it must not be listed.
   */
  learnTool(line: Buffer, tool: Span): boolean;
}
