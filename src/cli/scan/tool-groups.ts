// Sorts tools by what their annotations say, as MCP defines the defaults; where hints contradict each other, the worse one counts.
import type { ScannedTool } from './scanned-tool.ts';

export interface ToolGroup {
  readonly id: 'read-only' | 'writing' | 'destructive' | 'silent';
  readonly title: string;
  readonly explanation: string;
  readonly rateLimit: string;
}

export const TOOL_GROUPS: readonly ToolGroup[] = [
  {
    id: 'read-only',
    title: 'Read-only tools',
    explanation: 'The server says that they change nothing (readOnlyHint: true).',
    rateLimit: '60/minute',
  },
  {
    id: 'writing',
    title: 'Writing tools',
    explanation: 'The server says that they change things, but only add to them (destructiveHint: false).',
    rateLimit: '30/minute',
  },
  {
    id: 'destructive',
    title: 'Destructive tools',
    explanation:
      'The server says that they may delete or overwrite, or that they write and nothing more: MCP then takes destructiveHint ' +
      'as true. They wait for a human until you decide otherwise.',
    rateLimit: '10/day',
  },
  {
    id: 'silent',
    title: 'Tools of which the server says nothing',
    explanation:
      'Without annotations MCP takes a tool as writing and destructive, though many only read. Look at each: delete those that are ' +
      'not needed, and let a human approve what cannot be undone.',
    rateLimit: '30/minute',
  },
];

export function groupOf(tool: ScannedTool): ToolGroup['id'] {
  if (tool.destructive === true) return 'destructive';
  if (tool.readOnly === true) return 'read-only';
  if (tool.destructive === false) return 'writing';
  return tool.readOnly === false ? 'destructive' : 'silent';
}
