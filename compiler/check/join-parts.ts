// Joins the files that speak of one server into its policy, and reports where they contradict each other.
import { compileGlob } from '../model/match-glob.ts';
import type { NamePattern, Policy, ToolEntry } from '../model/policy.ts';
import { quoteText } from '../parse/quote-text.ts';
import { checkCounterUses } from './check-counters.ts';
import { joinCustom } from './join-custom.ts';
import type { Placed } from './read-names.ts';
import type { GrantRead, PolicyPart } from './read-policy.ts';
import { suggestWord } from './suggest.ts';

/** `parts` is not empty. */
export function joinParts(server: string, parts: readonly PolicyPart[]): Policy {
  const [first] = parts;
  const tools = joinTools(parts);
  const agents = joinAgents(parts);
  const outcome = joinDefaults(parts);
  const hide = parts.flatMap((part) => part.hide);
  checkCounterUses(
    tools,
    parts.flatMap((part) => part.counterUses),
  );
  reportHiddenTools(hide, tools);
  if (agents !== null && outcome === 'deny') reportUnknownGrants(agents, tools);
  return {
    file: first?.file ?? '',
    server,
    description: parts.find((part) => part.description !== null)?.description ?? null,
    default: outcome,
    hide: hide.map(({ value }) => value),
    agents:
      agents?.map(({ value: { agent, tools: granted } }) => ({
        agent,
        tools: granted.map(({ value }) => value),
      })) ?? null,
    tools: tools.map(({ value }) => value),
    custom: joinCustom(parts),
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
        `${quoteText(name)} is listed in ${other.position.file} already`,
        'keep its rules in one file',
      );
  }
  return [...tools.values()];
}

function joinAgents(parts: readonly PolicyPart[]): Placed<GrantRead>[] | null {
  if (parts.every((part) => part.agents === null)) return null;
  const agents = new Map<string, Placed<GrantRead>>();
  for (const grant of parts.flatMap((part) => part.agents ?? [])) {
    const name = grant.value.agent.text;
    const other = agents.get(name);
    if (other === undefined) agents.set(name, grant);
    else
      grant.scope.problem(
        'duplicate-name',
        grant.position,
        `the agent ${quoteText(name)} stands in ${other.position.file} already`,
        'keep its grant in one file',
      );
  }
  return [...agents.values()];
}

/** A file that does not say means `deny`: an `allow` elsewhere must not open what it leaves closed. */
function joinDefaults(parts: readonly PolicyPart[]): 'allow' | 'deny' {
  const outcomes = parts.map((part) => part.default?.value ?? 'deny');
  const [first = 'deny'] = outcomes;
  for (const [index, part] of parts.entries()) {
    const other = outcomes.findIndex((outcome) => outcome !== outcomes[index]);
    const isLater = other >= 0 && (other < index || parts[other]?.default === null);
    if (part.default === null || !isLater) continue;
    const { scope, position, value } = part.default;
    const message = `default is ${value} here and ${outcomes[other]} in ${parts[other]?.file}`;
    scope.problem(
      'contradiction',
      position,
      message,
      'one server has one default, which is deny where a file does not say',
    );
  }
  return first;
}

/** Hiding a tool and giving it rules: one of them is a slip, since hiding wins. A glob may hide part of what is listed. */
function reportHiddenTools(
  hide: ReadonlyArray<Placed<NamePattern>>,
  tools: ReadonlyArray<Placed<ToolEntry>>,
): void {
  const listed = new Set(tools.map(({ value }) => value.name.text));
  for (const { value, position, scope } of hide) {
    if (value.text === '*' || !listed.has(value.text)) continue;
    const message = `${quoteText(value.text)} is hidden and has rules`;
    scope.problem('contradiction', position, message, 'keep one of them');
  }
}

/** A grant of a tool that nothing lists would grant nothing: most likely a slip of the pen. */
function reportUnknownGrants(
  agents: ReadonlyArray<Placed<GrantRead>>,
  tools: ReadonlyArray<Placed<ToolEntry>>,
): void {
  const names = tools.map(({ value }) => value.name.text).filter((text) => text !== '*');
  const exact = new Set(names);
  const globs = tools.flatMap(({ value: { name } }) =>
    name.isGlob && name.text !== '*' ? [compileGlob(name.text)] : [],
  );
  for (const grant of agents.flatMap(({ value }) => value.tools)) {
    const { text, isGlob } = grant.value;
    if (isGlob || exact.has(text) || globs.some((matches) => matches(text))) continue;
    const message = `${quoteText(text)} is granted but not listed under tools`;
    grant.scope.problem('unknown-tool', grant.position, message, suggestWord(text, names));
  }
}
