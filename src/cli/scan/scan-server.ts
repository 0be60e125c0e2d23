// Asks an MCP server for all its tools: one that it starts and ends again, or one behind an URL.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ListRootsRequestSchema, ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import type { ServerOptions } from '../settings/sidecar-options.ts';
import { readTool } from './read-tool.ts';
import { ScanError } from './scan-error.ts';
import type { ScannedServer, ScannedTool } from './scanned-tool.ts';
import { createUpstreamTransport, LOST_CODE } from './upstream-transport.ts';

/** A server that keeps naming a next page would be asked for ever. */
const PAGES_MAX = 1000;

/** Throws `ScanError` where the server does not start, ends too early or answers with something else. */
export async function scanServer(server: ServerOptions): Promise<ScannedServer> {
  const client = createClient();
  try {
    await client.connect(
      server.kind === 'upstream' ? createUpstreamTransport(server) : start(server.command),
    );
    const info = client.getServerVersion();
    return { name: info?.name ?? '', version: info?.version ?? '', tools: await listAllTools(client) };
  } catch (error) {
    if (error instanceof ScanError) throw error;
    throw new ScanError('server-failed', describeFailure(nameOf(server), error as Error), error);
  } finally {
    await client.close();
  }
}

/** Servers keep tools from clients that cannot do what these ask for, and agents' clients mostly can. */
function createClient(): Client {
  const capabilities = { sampling: {}, elicitation: {}, roots: {} };
  const client = new Client({ name: 'regent-scan', version: '1' }, { capabilities });
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [] }));
  return client;
}

function start([command, ...args]: readonly [string, ...string[]]): StdioClientTransport {
  // The transport would pass on six variables only, and few servers start without their tokens.
  const env = process.env as Record<string, string>;
  return new StdioClientTransport({ command, args, env, stderr: 'inherit' });
}

/** Without the query of an URL, which may hold a secret. */
function nameOf(server: ServerOptions): string {
  return server.kind === 'upstream' ? `${server.url.origin}${server.url.pathname}` : server.command[0];
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

function describeFailure(name: string, error: Error & { code?: unknown }): string {
  switch (error.code) {
    case 'ENOENT':
      return `"${name}" was not found; give the server's command after -- as you would type it in a shell`;
    case 'EACCES':
      return `"${name}" cannot be executed; check its permissions`;
    case -32000:
      return `"${name}" ended before it listed its tools; what it said is above, if it said anything`;
    case -32001:
      return `"${name}" did not answer in time; is it an MCP server?`;
    case LOST_CODE:
      return `"${name}" could not be asked for its tools: ${error.message.replace(/^MCP error [-\d]+: /, '')}`;
    case -32022:
      return `"${name}" speaks only protocols that came after those of regent scan: ${error.message}; the sidecar speaks them, so list the tools in a policy by hand`;
    case -32601:
      return `"${name}" offers no tools: ${error.message}`;
    default:
      return `"${name}" could not be asked for its tools: ${error.message}`;
  }
}
