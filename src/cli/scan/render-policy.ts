// Writes the policy that a scan starts people off with: default deny, every tool listed, suggestions as comments.
import { plainText, wrapText } from './comment-text.ts';
import { quoteName, whyRefused } from './policy-names.ts';
import type { ScannedServer, ScannedTool } from './scanned-tool.ts';
import { suggestRules } from './starting-limits.ts';
import { groupOf, TOOL_GROUPS, type ToolGroup } from './tool-groups.ts';

const WIDTH = 100;
const DESCRIPTION_MAX = 400;

/** `serverName` is the policy's `server`; the text passes `regent validate` whatever the server says of itself. */
export function renderScannedPolicy(serverName: string, server: ScannedServer): string {
  const listed = new Map<string, ScannedTool>();
  const refused: string[] = [];
  for (const tool of server.tools) {
    const why = listed.has(tool.name) ? 'the server lists it more than once' : whyRefused(tool.name);
    if (why === null) listed.set(tool.name, tool);
    else refused.push(`${plainText(JSON.stringify(tool.name)).slice(0, 140)}: ${why}`);
  }
  const blocks = [renderHead(serverName, server, listed.size), ...renderGroups([...listed.values()])];
  if (refused.length > 0) blocks.push(renderRefused(refused));
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function renderHead(serverName: string, server: ScannedServer, toolCount: number): string[] {
  const who = plainText(`"${server.name}" ${server.version}`).slice(0, 200);
  return [
    `# A policy to start from, written by regent scan for the MCP server ${who}.`,
    '#',
    '# The agent may call the tools below and nothing else; whatever the server adds later is denied.',
    '# Delete the tools that the agent does not need, then turn suggestions into rules: delete the line',
    '# "rules: []" above them and take away their "# ". Descriptions and annotations are the',
    "# server's own words: nobody has checked them.",
    '',
    'version: "1"',
    `server: ${quoteName(serverName)}`,
    'default: deny',
    '',
    toolCount === 0 ? 'tools: {}' : 'tools:',
  ];
}

function renderGroups(tools: readonly ScannedTool[]): string[][] {
  return TOOL_GROUPS.flatMap((group) => {
    const members = tools.filter((tool) => groupOf(tool) === group.id);
    if (members.length === 0) return [];
    const title = [`==== ${group.title} ====`, ...wrapText(group.explanation, WIDTH, 1000)];
    return [comment(title, 2), ...members.map((tool) => renderTool(tool, group))];
  });
}

function renderTool(tool: ScannedTool, group: ToolGroup): string[] {
  const description = plainText(tool.description ?? 'The server does not describe it.');
  const suggestions = suggestRules(tool, group);
  const rules =
    group.id === 'destructive'
      ? ['    rules:', '      - action: require_approval', ...comment(suggestions, 6)]
      : ['    rules: []', ...comment(['rules:', ...suggestions.map((line) => `  ${line}`)], 4)];
  return [
    ...comment(wrapText(description, WIDTH, DESCRIPTION_MAX), 2),
    `  ${quoteName(tool.name)}:`,
    ...rules,
  ];
}

function renderRefused(refused: readonly string[]): string[] {
  return comment(['Not listed, and so denied:', ...refused.map((line) => `  ${line}`)], 0);
}

function comment(lines: readonly string[], indentation: number): string[] {
  return lines.map((line) => `${' '.repeat(indentation)}# ${line}`);
}
