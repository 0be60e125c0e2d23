// The module that joins hand-written packages to a server: what each of them gives, turned into what the gateway reads.
import { type CustomModule, isLogModule } from '../custom/custom-module.ts';
import type { CustomCounter } from '../model/policy.ts';
import { type EntryCompany, type EntryRego, printCharges } from './entry-rego.ts';
import { joinBlocks, printComprehension, printObject, printRule, printSet } from './print/print-rego.ts';
import { commentText, joinRef, quoteText } from './print/rego-text.ts';
import { createNames, snakeCase } from './print/rule-sheet.ts';
import type { Verdict } from './verdict-rego.ts';

export interface CustomToPrint {
  readonly modules: readonly CustomModule[];
  readonly counters: readonly CustomCounter[];
}

/** Sets of the module, which the server's own module reads as it does its `charges`. */
const SETS = ['deny', 'approve'] as const;
const OWN_NAMES = [...SETS, 'charges', 'counters', 'contract'];

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
  const charges: string[] = [];
  const packages = findPackages(modules).map((one) => {
    const table = claimName(snakeCase(one.steps.join('_'), 'rules'));
    if (one.sets.has('charges')) charges.push(printCharge(one));
    const text = joinBlocks([
      `# What ${one.name} says (${one.modules.map(({ file }) => commentText(file.path)).join(', ')}).`,
      ...printSets(one, table),
      printTable(one, table, order),
    ]);
    order += 1 + one.modules.reduce((count, { rules }) => count + (rules?.length ?? 0), 0);
    return text;
  });
  const names = counters.map(({ name }) => quoteText(name));
  const charged =
    charges.length === 0 ? [] : [`counters := ${printSet(names)}`, `charges := ${printCharges(charges)}`];
  return {
    text: joinBlocks([...charged, ...packages]),
    imports: packages.length === 0 ? '' : 'import data.regent.contract',
  };
}

/** What the server's module takes over. */
export type JoinedCustom = Pick<EntryCompany, 'verdicts' | 'charges'>;

/** `deny contains …` for each set that a package fills, and what they charge. */
export function joinCustom(modules: readonly CustomModule[], packageRef: string): JoinedCustom {
  const packages = findPackages(modules);
  const filled = SETS.filter((set) => packages.some((one) => fills(one, set)));
  const charge = packages.some(({ sets }) => sets.has('charges'));
  return {
    verdicts: filled.map(
      (set): Verdict => ({
        set,
        text: printRule(`${set} contains member`, [`some member in data.${packageRef}.${set}`]),
        isCertain: false,
      }),
    ),
    charges: charge ? [`data.${packageRef}.charges`] : [],
  };
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
function fills({ sets }: CustomPackage, set: (typeof SETS)[number]): boolean {
  return set === 'deny' || sets.has('require_approval');
}

function printCharge(one: CustomPackage): string {
  return printComprehension('contract.charge(member, counters)', [membersOf(one, 'charges')]);
}

function membersOf({ steps }: CustomPackage, set: string): string {
  return `some member in ${joinRef('data.regent.custom', [...steps, set])}`;
}

function printSets(one: CustomPackage, table: string): string[] {
  const { sets } = one;
  const texts: string[] = [];
  if (sets.has('deny'))
    texts.push(printRule(`deny contains contract.denial(member, ${table})`, [membersOf(one, 'deny')]));
  if (sets.has('require_approval')) {
    const asked = [membersOf(one, 'require_approval')];
    texts.push(
      printRule(`approve contains contract.approval(member, ${table})`, asked),
      printRule(`deny contains contract.broken_approval(member, ${table})`, asked),
    );
  }
  if (sets.has('charges')) {
    const broken = `deny contains contract.broken_charge(member, counters, ${table})`;
    texts.push(printRule(broken, [membersOf(one, 'charges')]));
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
