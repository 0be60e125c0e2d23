// One entry of `tools` as Rego: the sets that the gateway reads, then the checks that fill them, rule by rule.
import type { Policy, Rule, ToolEntry } from '../model/policy.ts';
import { printSource } from './checks/rule-context.ts';
import { joinBlocks, printDefault, printRule } from './print/print-rego.ts';
import { commentText } from './print/rego-text.ts';
import { createNames, createRuleSheet, type RuleSheet, snakeCase } from './print/rule-sheet.ts';
import { addRule, type RuleParts } from './rule-rego.ts';

/** Rule names that every entry package has; the gateway reaches them by name. */
const ENTRY_RULES = ['registered', 'deny', 'approve', 'shadow', 'charges', 'unlisted'];

/** Names that imports take. */
const LIBRARIES = ['counters', 'formats'];

export interface EntryRego {
  readonly text: string;
  /** The import lines that the text needs. */
  readonly imports: string;
}

/** `reserved`: rules that the package has beside the entry's own. */
export function printEntry(policy: Policy, entry: ToolEntry, reserved: readonly string[]): EntryRego {
  const claimName = createNames([...ENTRY_RULES, ...LIBRARIES, ...reserved]);
  const printed = entry.rules.map((rule, order) => {
    const sheet = createRuleSheet(claimName);
    const prefix = rule.name === null ? `rule_${order + 1}` : snakeCase(rule.name, 'rule');
    const parts = addRule({ policy, entry: entry.name.text, rule, prefix, sheet }, order);
    return { parts, sheet, details: printDetails(rule, sheet) };
  });
  const parts = printed.map((one) => one.parts);
  const libraries = LIBRARIES.filter((name) => printed.some(({ sheet }) => sheet.libraries.has(name)));
  return {
    text: joinBlocks([
      ...parts.flatMap(({ verdicts }) => verdicts),
      ...parts.flatMap(({ charges }) => charges),
      printUnlisted(parts),
      ...printed.map(({ details }) => details),
    ]),
    imports: libraries.map((library) => `import data.regent.${library}`).join('\n'),
  };
}

function printUnlisted(parts: readonly RuleParts[]): string {
  const bodies = parts.flatMap(({ unlisted }) => unlisted);
  if (bodies.length === 0) return '';
  if (bodies.some((body) => body.length === 0)) return 'unlisted := true';
  return joinBlocks([
    printDefault('unlisted', 'false'),
    ...bodies.map((body) => printRule('unlisted', body)),
  ]);
}

function printDetails({ id, position }: Rule, { texts }: RuleSheet): string {
  if (texts.length === 0) return '';
  return joinBlocks([`# Checks of ${commentText(id)} (${commentText(printSource(position))}).`, ...texts]);
}
