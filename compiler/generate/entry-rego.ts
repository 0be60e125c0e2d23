// One entry of `tools` as Rego: what the gateway reads, then the checks that it rests on, rule by rule.
//
//   deny, approve, shadow   sets: what each rule has against the call
//   charges                 what the call adds to counters
//   passes                  the charges, where all the sets are empty: most calls are decided by it alone
import type { Policy, Rule, ToolEntry } from '../model/policy.ts';
import { printSource } from './checks/rule-context.ts';
import { type Body, joinBlocks, printArray, printDefault, printRule } from './print/print-rego.ts';
import { commentText } from './print/rego-text.ts';
import { createNames, createRuleSheet, type RuleSheet, snakeCase } from './print/rule-sheet.ts';
import { addRule, type RuleParts } from './rule-rego.ts';
import type { Verdict, VerdictSet } from './verdict-rego.ts';

/** Rule names that every entry package has; the gateway reaches them by name. */
const ENTRY_RULES = ['registered', 'deny', 'approve', 'shadow', 'charges', 'passes', 'unlisted'];

const SETS: readonly VerdictSet[] = ['deny', 'approve', 'shadow'];

/** Names that imports take. */
const LIBRARIES = ['counters', 'decimals', 'formats'];

export interface EntryRego {
  readonly text: string;
  /** The import lines that the text needs. */
  readonly imports: string;
}

/** What a package has beside the entry's own rules. */
export interface EntryCompany {
  /** Names of its other rules. */
  readonly names: readonly string[];
  /** Rules that fill the sets from elsewhere. */
  readonly verdicts: readonly Verdict[];
  /** Elements of `charges` from elsewhere. */
  readonly charges: readonly string[];
  /** What a call must meet to pass, whatever the sets hold. */
  readonly needs: Body;
}

export const ALONE: EntryCompany = { names: [], verdicts: [], charges: [], needs: [] };

/** Without an entry there is what its company says. */
export function printEntry(policy: Policy, entry: ToolEntry | null, company: EntryCompany): EntryRego {
  const claimName = createNames([...ENTRY_RULES, ...LIBRARIES, ...company.names]);
  const printed = (entry?.rules ?? []).map((rule, order) => {
    const sheet = createRuleSheet(claimName);
    const prefix = rule.name === null ? `rule_${order + 1}` : snakeCase(rule.name, 'rule');
    const parts = addRule({ policy, entry: entry?.name.text ?? '', rule, prefix, sheet }, order);
    return { parts, sheet, details: printDetails(rule, sheet) };
  });
  const parts = printed.map((one) => one.parts);
  const verdicts = [...parts.flatMap((one) => one.verdicts), ...company.verdicts];
  const charges = [...parts.flatMap((one) => one.charges), ...company.charges];
  const libraries = LIBRARIES.filter((name) => printed.some(({ sheet }) => sheet.libraries.has(name)));
  return {
    text: joinBlocks([
      ...verdicts.map(({ text }) => text),
      charges.length === 0 ? '' : `charges := ${printCharges(charges)}`,
      printPasses(verdicts, charges, company.needs),
      printUnlisted(parts),
      ...printed.map(({ details }) => details),
    ]),
    imports: libraries.map((library) => `import data.regent.${library}`).join('\n'),
  };
}

/** Elements are charges, or lists of them. */
export function printCharges(elements: readonly string[]): string {
  if (elements.every((element) => element.startsWith('{'))) return printArray(elements);
  const [first = '', ...others] = elements;
  return others.length === 0 ? first : `array.flatten(${printArray(elements)})`;
}

function printPasses(verdicts: EntryCompany['verdicts'], charges: readonly string[], needs: Body): string {
  if (verdicts.some(({ isCertain }) => isCertain)) return '';
  const filled = SETS.filter((name) => verdicts.some(({ set }) => set === name));
  const body = [...needs, ...filled.map((set) => `${set} == set()`)];
  return printRule(`passes := ${charges.length === 0 ? '[]' : 'charges'}`, body);
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
