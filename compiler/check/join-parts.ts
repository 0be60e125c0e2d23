// Joins the files that speak of one server into its policy, and reports where they contradict each other.
import type { AgentGrant, NamePattern, Policy, ToolEntry } from '../model/policy.ts';
import { checkCounters } from './check-counters.ts';
import { matchesPattern } from './read-names.ts';
import type { Placed, PolicyPart } from './read-policy.ts';
import { suggestWord } from './suggest.ts';

/** `parts` is not empty. */
export function joinParts(server: string, parts: readonly PolicyPart[]): Policy {
  const [first] = parts;
  const tools = joinTools(parts);
  const agents = joinAgents(parts);
  const outcome = joinDefaults(parts);
  const hide = parts.flatMap((part) => part.hide);
  checkCounters(tools);
  reportHiddenTools(hide, tools);
  if (agents !== null && outcome === 'deny') reportUnknownGrants(agents, tools);
  return {
    file: first?.file ?? '',
    server,
    description: parts.find((part) => part.description !== null)?.description ?? null,
    default: outcome,
    hide: hide.map(({ value }) => value),
    agents: agents?.map(({ value }) => value) ?? null,
    tools: tools.map(({ value }) => value),
  };
}

function joinTools(parts: readonly PolicyPart[]): Placed<ToolEntry>[] {
  const tools = new Map<string, Placed<ToolEntry>>();
  for (const entry of parts.flatMap((part) => part.tools)) {
    const name = entry.value.name.text;
    const other = tools.get(name);
    if (other === undefined) tools.set(name, entry);
    else
      entry.scope.problem(
        'duplicate-tool',
        entry.position,
        `${JSON.stringify(name)} is listed in ${other.position.file} already`,
        'keep its rules in one file',
      );
  }
  return [...tools.values()];
}

function joinAgents(parts: readonly PolicyPart[]): Placed<AgentGrant>[] | null {
  if (parts.every((part) => part.agents === null)) return null;
  const agents = new Map<string, Placed<AgentGrant>>();
  for (const grant of parts.flatMap((part) => part.agents ?? [])) {
    const name = grant.value.agent.text;
    const other = agents.get(name);
    if (other === undefined) agents.set(name, grant);
    else
      grant.scope.problem(
        'duplicate-name',
        grant.position,
        `the agent ${JSON.stringify(name)} stands in ${other.position.file} already`,
        'keep its grant in one file',
      );
  }
  return [...agents.values()];
}

function joinDefaults(parts: readonly PolicyPart[]): 'allow' | 'deny' {
  const said = parts.flatMap((part) => (part.default === null ? [] : [part.default]));
  const [first] = said;
  for (const other of said) {
    if (first !== undefined && other.value !== first.value) {
      other.scope.problem(
        'contradiction',
        other.position,
        `default is ${other.value} here and ${first.value} in ${first.position.file}`,
        'one server has one default',
      );
    }
  }
  return first?.value ?? 'deny';
}

function reportHiddenTools(
  hide: ReadonlyArray<Placed<NamePattern>>,
  tools: ReadonlyArray<Placed<ToolEntry>>,
): void {
  for (const { value, position, scope } of hide) {
    const isListed = !value.isGlob && tools.some(({ value: entry }) => entry.name.text === value.text);
    if (isListed)
      scope.problem(
        'contradiction',
        position,
        `${JSON.stringify(value.text)} is hidden and has rules`,
        'keep one of them',
      );
  }
}

/** A grant of a tool that nothing lists would grant nothing: most likely a slip of the pen. */
function reportUnknownGrants(
  agents: ReadonlyArray<Placed<AgentGrant>>,
  tools: ReadonlyArray<Placed<ToolEntry>>,
): void {
  const names = tools.map(({ value }) => value.name).filter(({ text }) => text !== '*');
  for (const { value, position, scope } of agents) {
    for (const { text, isGlob } of value.tools) {
      if (isGlob || names.some((name) => matchesPattern(name, text))) continue;
      scope.problem(
        'unknown-tool',
        position,
        `${JSON.stringify(text)} is granted but not listed under tools`,
        suggestWord(
          text,
          names.map((name) => name.text),
        ),
      );
    }
  }
}
