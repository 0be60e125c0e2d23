// One server as Rego: what it hides, whom it permits, which glob covers a tool, and the rules of its `"*"` entry with those
// that were written by hand.
import type { AgentGrant, NamePattern, Policy, ToolEntry } from '../model/policy.ts';
import type { JoinedCustom } from './custom-rego.ts';
import { type EntryRego, printEntry } from './entry-rego.ts';
import { byLength, matchAny, matchGlob } from './print/name-match.ts';
import { joinBlocks, printDefault, printElseChain, printRule } from './print/print-rego.ts';
import { quoteText } from './print/rego-text.ts';

const SERVER_RULES = ['default_allow', 'hidden', 'permitted', 'grant', 'covering'];

/** The entry that adds its rules to every tool that is listed or allowed by default. */
export function findCommonEntry(policy: Policy): ToolEntry | null {
  return policy.tools.find(({ name }) => name.text === '*') ?? null;
}

export function findGlobEntries(policy: Policy): ToolEntry[] {
  const globs = policy.tools.filter(({ name }) => name.isGlob && name.text !== '*');
  return byLength(globs, ({ name }) => name.text);
}

export function printServer(policy: Policy, { verdicts, charges }: JoinedCustom): EntryRego {
  const entry = printEntry(policy, findCommonEntry(policy), {
    names: SERVER_RULES,
    verdicts,
    charges,
    needs: ['hidden == false', 'permitted == true'],
  });
  return {
    text: joinBlocks([
      'registered := true',
      `default_allow := ${policy.default === 'allow'}`,
      printFlag('hidden', policy.hide),
      printPermitted(policy.agents),
      printCovering(findGlobEntries(policy)),
      entry.text,
    ]),
    imports: entry.imports,
  };
}

function printFlag(name: string, patterns: readonly NamePattern[]): string {
  const rules = matchAny('input.tool', patterns).map((body) => printRule(name, body));
  return joinBlocks([printDefault(name, 'false'), ...rules]);
}

/** The exact name wins over the longest glob; an agent that none matches has no grant. */
function printPermitted(agents: readonly AgentGrant[] | null): string {
  if (agents === null) return 'permitted := true';
  const exact = agents.filter(({ agent }) => !agent.isGlob);
  const globs = byLength(
    agents.filter(({ agent }) => agent.isGlob),
    ({ agent }) => agent.text,
  );
  const branches = [...exact, ...globs].map(({ agent }) => ({
    value: quoteText(agent.text),
    body: agent.isGlob
      ? matchGlob('input.agent.id', agent.text)
      : [`input.agent.id == ${quoteText(agent.text)}`],
  }));
  const rules = agents.flatMap(({ agent, tools }) =>
    matchAny('input.tool', tools).map((body) =>
      printRule('permitted', [`grant == ${quoteText(agent.text)}`, ...body]),
    ),
  );
  return joinBlocks([
    '# The name or glob under `agents` that stands for this agent.',
    printDefault('grant', '""'),
    branches.length === 0 ? '' : printElseChain('grant', branches),
    printDefault('permitted', 'false'),
    ...rules,
  ]);
}

function printCovering(globs: readonly ToolEntry[]): string {
  const branches = globs.map(({ name }) => ({
    value: quoteText(name.text),
    body: matchGlob('input.tool', name.text),
  }));
  return joinBlocks([
    '# The glob that covers this tool where no exact name does: the longest.',
    printDefault('covering', '""'),
    branches.length === 0 ? '' : printElseChain('covering', branches),
  ]);
}
