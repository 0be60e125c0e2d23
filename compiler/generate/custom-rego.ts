// The module that joins hand-written packages to a server: what each of them gives, turned into what the gateway reads.
import { type CustomModule, isLogModule } from '../custom/custom-module.ts';
import type { CustomCounter } from '../model/policy.ts';
import type { EntryRego } from './entry-rego.ts';
import { joinBlocks, printObject, printRule, printSet } from './print/print-rego.ts';
import { commentText, joinRef, quoteText } from './print/rego-text.ts';
import { createNames, snakeCase } from './print/rule-sheet.ts';

export interface CustomToPrint {
  readonly modules: readonly CustomModule[];
  readonly counters: readonly CustomCounter[];
}

/** Rules of the module, and what the server's own module reads of it. */
const SETS = ['deny', 'approve', 'charges'] as const;
const OWN_NAMES = [...SETS, 'counters', 'contract'];

/** Behind every rule of the YAML, whose orders are their numbers in an entry. */
const FIRST_ORDER = 1_000_000;

/** Packages by name, each with all its modules; only those with rules of the contract. */
interface CustomPackage {
  readonly name: string;
  /** Below `regent.custom`. */
  readonly steps: readonly string[];
  readonly modules: readonly CustomModule[];
  readonly sets: ReadonlySet<string>;
}

export function printCustom({ modules, counters }: CustomToPrint): EntryRego {
  const claimName = createNames(OWN_NAMES);
  let order = FIRST_ORDER;
  const packages = findPackages(modules).map((one) => {
    const table = claimName(snakeCase(one.steps.join('_'), 'rules'));
    const text = joinBlocks([
      `# What ${one.name} says (${one.modules.map(({ file }) => commentText(file.path)).join(', ')}).`,
      ...printSets(one, table),
      printTable(one, table, order),
    ]);
    order += 1 + one.modules.reduce((count, { rules }) => count + (rules?.length ?? 0), 0);
    return text;
  });
  const names = counters.map(({ name }) => quoteText(name));
  const declared = packages.some((text) => text.includes(', counters, '))
    ? `counters := ${printSet(names)}`
    : '';
  return {
    text: joinBlocks([declared, ...packages]),
    imports: packages.length === 0 ? '' : 'import data.regent.contract',
  };
}

/** What the server's module takes over: `deny contains …` for each set that a package fills. */
export function printCustomSets(modules: readonly CustomModule[], packageRef: string): string[] {
  const sets = new Set(findPackages(modules).flatMap((one) => [...filledSets(one)]));
  return SETS.filter((set) => sets.has(set)).map((set) =>
    printRule(`${set} contains member`, [`some member in data.${packageRef}.${set}`]),
  );
}

function findPackages(modules: readonly CustomModule[]): CustomPackage[] {
  const packages = new Map<string, CustomModule[]>();
  for (const module of modules) {
    if (isLogModule(module)) continue;
    const name = joinRef('regent', module.package.slice(1));
    packages.set(name, [...(packages.get(name) ?? []), module]);
  }
  return Array.from(packages, ([name, own]) => ({
    name,
    steps: own[0]?.package.slice(2) ?? [],
    modules: own,
    sets: new Set(own.flatMap((module) => module.names)),
  }))
    .filter(({ sets }) => ['deny', 'require_approval', 'charges'].some((set) => sets.has(set)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A member that breaks the contract is a denial, whatever set it stands in. */
function filledSets({ sets }: CustomPackage): ReadonlySet<string> {
  const filled = new Set(['deny']);
  if (sets.has('require_approval')) filled.add('approve');
  if (sets.has('charges')) filled.add('charges');
  return filled;
}

function printSets({ steps, sets }: CustomPackage, table: string): string[] {
  const from = (set: string): string => `some member in ${joinRef('data.regent.custom', [...steps, set])}`;
  const texts: string[] = [];
  if (sets.has('deny'))
    texts.push(printRule(`deny contains contract.denial(member, ${table})`, [from('deny')]));
  if (sets.has('require_approval')) {
    const asked = [from('require_approval')];
    texts.push(
      printRule(`approve contains contract.approval(member, ${table})`, asked),
      printRule(`deny contains contract.broken_approval(member, ${table})`, asked),
    );
  }
  if (sets.has('charges')) {
    const charged = [from('charges')];
    texts.push(
      printRule(`charges contains contract.charge(member, counters, ${table})`, charged),
      printRule(`deny contains contract.broken_charge(member, counters, ${table})`, charged),
    );
  }
  return texts;
}

/** Where each rule stands; the first rule under a name speaks for all of them. */
function printTable({ name, modules }: CustomPackage, table: string, firstOrder: number): string {
  const places = new Map<string, string>();
  let order = firstOrder;
  for (const { file, rules } of modules) {
    for (const { name: rule, row, col, title, description } of rules ?? []) {
      const place = printObject([
        ['order', String(order)],
        ['source', quoteText(`${file.path}:${row}:${col}`)],
        ...(title === undefined ? [] : [['title', quoteText(title)] as const]),
        ...(description === undefined ? [] : [['description', quoteText(description)] as const]),
      ]);
      order += 1;
      if (rule !== '' && !places.has(rule)) places.set(rule, place);
    }
  }
  const [first] = modules;
  const fallback = printObject([
    ['order', String(order)],
    ['source', quoteText(`${first?.file.path}:${first?.row}:1`)],
  ]);
  const members = [
    ['package', quoteText(name)],
    ['fallback', fallback],
    ['rules', printObject(Array.from(places, ([rule, place]) => [quoteText(rule).slice(1, -1), place]))],
  ] as const;
  return `${table} := ${printObject(members)}`;
}
