// Starts an MCP server, asks it for all its tools and ends it again.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { readTool } from './read-tool.ts';
import { ScanError } from './scan-error.ts';
import type { ScannedServer, ScannedTool } from './scanned-tool.ts';

/** A server that keeps naming a next page would be asked for ever. */
const PAGES_MAX = 1000;

/** Throws `ScanError` where the server does not start, ends too early or answers with something else. */
export async function scanServer(command: string, args: readonly string[]): Promise<ScannedServer> {
  const client = new Client({ name: 'regent-scan', version: '1' });
  // The transport would pass on six variables only, and few servers start without their tokens.
  const env = process.env as Record<string, string>;
  try {
    await client.connect(new StdioClientTransport({ command, args: [...args], env, stderr: 'inherit' }));
    const info = client.getServerVersion();
    return { name: info?.name ?? '', version: info?.version ?? '', tools: await listAllTools(client) };
  } catch (error) {
    if (error instanceof ScanError) throw error;
    throw new ScanError('server-failed', describeFailure(command, error as Error), error);
  } finally {
    await client.close();
  }
}

async function listAllTools(client: Client): Promise<ScannedTool[]> {
  const tools: ScannedTool[] = [];
  let cursor: string | undefined;
  for (let page = 1; page <= PAGES_MAX; page++) {
    // Read without the SDK's schema, which refuses a whole page for one odd tool in it.
    const params = cursor === undefined ? {} : { cursor };
    const result = await client.request({ method: 'tools/list', params }, ResultSchema);
    if (!Array.isArray(result.tools)) {
      throw new ScanError('bad-answer', 'the server answered tools/list without a list of tools');
    }
    tools.push(...result.tools.map(readTool).filter((tool) => tool !== null));
    // An empty text is a cursor like any other.
    if (typeof result.nextCursor !== 'string') return tools;
    cursor = result.nextCursor;
  }
  throw new ScanError('bad-answer', `the server's list of tools does not end: ${PAGES_MAX} pages were read`);
}

function describeFailure(command: string, error: Error & { code?: unknown }): string {
  switch (error.code) {
    case 'ENOENT':
      return `"${command}" was not found; give the server's command after -- as you would type it in a shell`;
    case 'EACCES':
      return `"${command}" cannot be executed; check its permissions`;
    case -32000:
      return `"${command}" ended before it listed its tools; what it said is above, if it said anything`;
    case -32001:
      return `"${command}" did not answer in time; is it an MCP server that speaks over stdio?`;
    case -32601:
      return `"${command}" offers no tools: ${error.message}`;
    default:
      return `"${command}" could not be asked for its tools: ${error.message}`;
  }
}
