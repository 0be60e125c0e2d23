// The demo's agent: the SDK's own client, talking to an MCP server through Regent.
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

export const REGENT = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Answer {
  /** `allow`, `deny <rule>` or `require_approval <rule>`; `tool error` where the server itself refused. */
  readonly outcome: string;
  readonly text: string;
  readonly tookMs: number;
}

export interface DemoAgent {
  call(tool: string, args?: Record<string, unknown>): Promise<Answer>;
  listTools(): Promise<string[]>;
  close(): Promise<void>;
}

export interface DemoSetup {
  /** Flags of the sidecar. */
  readonly flags: readonly string[];
  /** The server's command, a Node program. */
  readonly server: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export async function startDemoAgent({ flags, server, env }: DemoSetup): Promise<DemoAgent> {
  const client = new Client({ name: 'demo-agent', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [REGENT, ...flags, '--', process.execPath, ...server],
    env: { ...(process.env as Record<string, string>), ...env },
    stderr: 'pipe',
  });
  // What Regent and the server log would tear the transcript apart; it is wanted only where they do not start.
  let logged = '';
  transport.stderr?.on('data', (chunk) => {
    logged += chunk;
  });
  await client.connect(transport).catch((cause: unknown) => {
    throw new Error(`Regent did not start; it said:\n${logged}`, { cause });
  });
  return {
    call: async (name, args = {}) => {
      const start = performance.now();
      const result = (await client.callTool({ name, arguments: args })) as CallToolResult;
      return { ...readResult(result), tookMs: performance.now() - start };
    },
    listTools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    close: () => client.close(),
  };
}

function readResult(result: CallToolResult): { outcome: string; text: string } {
  const text = result.content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');
  const decision = result._meta?.['dev.regent/decision'] as { outcome: string; rule: string } | undefined;
  if (decision !== undefined) return { outcome: `${decision.outcome} ${decision.rule}`, text };
  return { outcome: result.isError === true ? 'tool error' : 'allow', text };
}
