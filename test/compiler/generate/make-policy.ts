// Checked policies by hand, for tests of the generator alone: only what a test is about is spelled out.
import type { Policy, Position, Rule, ToolEntry } from '../../../compiler/model/policy.ts';

export const SOMEWHERE: Position = { file: 'policy.yaml', line: 1, column: 1 };

/** A rule of the tool; unnamed ones need their number in `id`. */
export function makeRule(tool: string, rule: Partial<Rule>): Rule {
  const name = rule.name ?? null;
  return {
    id: `${tool}/${name ?? '#1'}`,
    name,
    action: 'evaluate',
    mode: 'enforce',
    when: [],
    conditions: [],
    arguments: [],
    rateLimit: null,
    spend: null,
    state: null,
    approval: null,
    onDeny: null,
    position: SOMEWHERE,
    ...rule,
  };
}

export function makeEntry(tool: string, rules: ReadonlyArray<Partial<Rule>>): ToolEntry {
  return {
    name: { text: tool, isGlob: /[*?]/.test(tool) },
    rules: rules.map((rule, index) =>
      makeRule(tool, { id: `${tool}/${rule.name ?? `#${index + 1}`}`, ...rule }),
    ),
    position: SOMEWHERE,
  };
}

export function makePolicy(policy: Partial<Policy>): Policy {
  return {
    file: 'policy.yaml',
    server: 'main',
    description: null,
    default: 'deny',
    hide: [],
    agents: null,
    tools: [],
    custom: null,
    ...policy,
  };
}
