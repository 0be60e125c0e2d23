// Puts together what is tested together: policies that make one bundle, their cases, and their Rego tests.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../../../compiler/model/diagnostic.ts';
import { CliError } from '../cli-error.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { readCasesFile } from './cases/read-cases-file.ts';
import type { CasesFile } from './cases/test-case.ts';
import { type FoundFile, shownName } from './find-files.ts';

export interface SuitePlan {
  /** Compiled into one bundle; empty where Rego is tested without policies. */
  readonly policies: readonly string[];
  readonly cases: readonly CasesFile[];
  /** Of the cases files. */
  readonly problems: readonly Diagnostic[];
  readonly regoTests: readonly string[];
  /** Hand-written modules beside the tests. */
  readonly rego: readonly string[];
}

/** In the order of their first policies; Rego that no policy is near comes last. */
export function planSuites(files: readonly FoundFile[]): SuitePlan[] {
  const policies = namesOf(files, 'policy');
  const suites = new Map<string, SuiteDraft>();
  const wanted = new Set(files.filter(({ isWanted }) => isWanted).map(({ file }) => file));
  for (const file of namesOf(files, 'cases').filter((name) => mayBeWanted(name, wanted, policies))) {
    const read = readCasesFile(file, readText(file));
    const chosen = choosePolicies(read.file, policies);
    const suite = suiteOf(suites, chosen.policies);
    suite.cases.push(read.file);
    suite.problems.push(...read.diagnostics, ...chosen.problems);
    if (wanted.has(file) || chosen.policies.some((policy) => wanted.has(policy))) suite.isWanted = true;
  }
  for (const policy of policies.filter((name) => wanted.has(name))) {
    const isTested = [...suites.values()].some((suite) => suite.policies.includes(policy));
    if (!isTested) suiteOf(suites, [policy]).isWanted = true;
  }
  addRegoTests(suites, files);
  return [...suites.values()].filter(({ isWanted }) => isWanted).sort(bySuiteName);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError(`the cases file ${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
}

interface SuiteDraft extends SuitePlan {
  readonly policies: readonly string[];
  readonly cases: CasesFile[];
  readonly problems: Diagnostic[];
  readonly regoTests: string[];
  rego: readonly string[];
  isWanted: boolean;
}

function suiteOf(suites: Map<string, SuiteDraft>, policies: readonly string[]): SuiteDraft {
  const key = policies.join('\n');
  const known = suites.get(key);
  if (known !== undefined) return known;
  const made = { policies, cases: [], problems: [], regoTests: [], rego: [], isWanted: false };
  suites.set(key, made);
  return made;
}

/** Where one cases file is named, its neighbours are not run; where a policy is named, all of its cases are. */
function mayBeWanted(file: string, wanted: ReadonlySet<string>, policies: readonly string[]): boolean {
  return wanted.has(file) || policies.some((policy) => wanted.has(policy));
}

interface ChosenPolicies {
  readonly policies: readonly string[];
  readonly problems: readonly Diagnostic[];
}

/** What the file names; else the policy of the same name; else all policies of the folder. */
function choosePolicies({ file, policies }: CasesFile, found: readonly string[]): ChosenPolicies {
  const folder = path.dirname(file);
  if (policies !== null) {
    const nameOf = (text: string): string => shownName(path.resolve(folder, text));
    const named = policies.map(({ text, position }) => ({ name: nameOf(text), text, position }));
    const missing = named.filter(({ name }) => !existsSync(name));
    const problems = missing.map(({ text, position }) =>
      noPolicy({ position, path: 'policy', message: `there is no policy ${text}` }),
    );
    return {
      policies: named.map(({ name }) => name).filter((name) => existsSync(name)),
      problems,
    };
  }
  const beside = policiesBeside(file, found);
  if (beside.length > 0) return { policies: beside, problems: [] };
  const position = { file, line: 1, column: 1 };
  return {
    policies: [],
    problems: [noPolicy({ position, path: '', message: 'there is no policy in this folder' })],
  };
}

/** The policy of the same name, else all of the folder. */
function policiesBeside(file: string, found: readonly string[]): readonly string[] {
  const beside = found.filter((name) => path.dirname(name) === path.dirname(file));
  const twin = beside.find((name) => stemOf(name) !== '' && stemOf(name) === stemOf(file));
  return twin === undefined ? beside : [twin];
}

function noPolicy(problem: Pick<Diagnostic, 'position' | 'path' | 'message'>): Diagnostic {
  return { code: 'no-policy', ...problem, suggestion: 'say which under policy' };
}

/** `pay` of `pay.yaml`, `pay.policy.yaml`, `pay_cases.yaml` and `pay_test.rego`; nothing of `policy.yaml`. */
function stemOf(file: string): string {
  return path
    .basename(file)
    .replace(/\.(ya?ml|rego)$/, '')
    .replace(/(^|[._])(policy|cases|test)$/, '');
}

/**
 * Rego tests go with the policies of the nearest folder upwards, and with the Rego beside them; without any policy, with
 * all Rego that was found.
 */
function addRegoTests(suites: Map<string, SuiteDraft>, files: readonly FoundFile[]): void {
  const policies = namesOf(files, 'policy');
  const hand = namesOf(files, 'rego');
  const tests = files.filter(({ kind, isWanted }) => kind === 'rego-test' && isWanted);
  const withPolicies = [...suites.values()].filter(({ policies }) => policies.length > 0);
  for (const { file } of tests) {
    const near = nearestSuites(file, withPolicies);
    for (const suite of near.length > 0 ? near : [suiteOf(suites, policiesBeside(file, policies))]) {
      const folder = path.dirname(file);
      const beside =
        suite.policies.length === 0 ? hand : hand.filter((name) => path.dirname(name) === folder);
      suite.regoTests.push(file);
      suite.rego = [...new Set([...suite.rego, ...beside])];
      suite.isWanted = true;
    }
  }
}

function nearestSuites(file: string, suites: readonly SuiteDraft[]): readonly SuiteDraft[] {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const here = suites.filter(({ policies }) => policies.every((name) => path.dirname(name) === folder));
    const twins = here.filter(({ policies }) => policies.some((name) => stemOf(name) === stemOf(file)));
    if (twins.length > 0) return twins;
    if (here.length > 0) return here;
    if (folder === path.dirname(folder)) return [];
  }
}

function namesOf(files: readonly FoundFile[], kind: FoundFile['kind']): string[] {
  return files.filter((found) => found.kind === kind).map(({ file }) => file);
}

function bySuiteName(a: SuiteDraft, b: SuiteDraft): number {
  const [first = '\uffff'] = a.policies;
  const [second = '\uffff'] = b.policies;
  return first < second ? -1 : first > second ? 1 : a.policies.length - b.policies.length;
}
