// Reads a cases file as strictly as policies are read: all its problems at once, with their places and suggestions.
import {
  type Members,
  missingKey,
  mistyped,
  readList,
  readMembers,
} from '../../../../compiler/check/read-values.ts';
import { createScope, type Scope } from '../../../../compiler/check/report.ts';
import { type Diagnostic, sortDiagnostics } from '../../../../compiler/model/diagnostic.ts';
import { parseYaml } from '../../../../compiler/parse/parse-yaml.ts';
import { quoteText } from '../../../../compiler/parse/quote-text.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import { ANONYMOUS } from '../../../policy/decision.ts';
import { CASE_TABLES, FILE_KEYS } from './case-keys.ts';
import { type CaseContext, readCase, readPlacedText } from './read-case.ts';
import { readAgents, readCalls } from './read-fixtures.ts';
import type { CasesFile, PlacedText, TestCase } from './test-case.ts';

export interface CasesRead {
  /** Without the cases that have problems. */
  readonly file: CasesFile;
  /** In file order; empty where the file is good. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `file` is the name that positions bear. */
export function readCasesFile(file: string, text: string): CasesRead {
  const parsed = parseYaml(file, text);
  const diagnostics = parsed.diagnostics.map(ofCases);
  const scope = createScope(diagnostics, CASE_TABLES);
  const read = parsed.root === null ? { policies: null, cases: [] } : readTop(parsed.root, scope);
  return { file: { file, ...read }, diagnostics: sortDiagnostics(diagnostics, [file]) };
}

/** The parser speaks of policies. */
function ofCases(problem: Diagnostic): Diagnostic {
  if (problem.code !== 'empty-file') return problem;
  return { ...problem, message: 'there are no cases in the file', suggestion: 'start with cases:' };
}

type Top = Omit<CasesFile, 'file'>;

const NO_FIXTURES: CaseContext = {
  server: null,
  agents: null,
  calls: new Map(),
  agent: { id: ANONYMOUS, claims: '{}' },
  session: 'test',
};

/** The list alone is the simple form. */
function readTop(node: YamlNode, scope: Scope): Top {
  if (node.kind === 'list') return { policies: null, cases: readCases(node, scope, NO_FIXTURES) };
  const members = readMembers(node, scope, FILE_KEYS);
  if (members === undefined) return { policies: null, cases: [] };
  const { policy, cases } = members;
  const context = readContext(members);
  if (cases === undefined) missingKey(node, scope, 'cases');
  return {
    policies: policy === undefined ? null : readPolicies(policy.value, policy.scope),
    cases: cases === undefined ? [] : readCases(cases.value, cases.scope, context),
  };
}

function readContext({ server, agents, calls }: Members<typeof FILE_KEYS>): CaseContext {
  return {
    ...NO_FIXTURES,
    server: (server && readPlacedText(server)) ?? null,
    agents: agents === undefined ? null : readAgents(agents.value, agents.scope),
    calls: calls === undefined ? new Map() : readCalls(calls.value, calls.scope),
  };
}

function readPolicies(node: YamlNode, scope: Scope): PlacedText[] {
  if (node.kind !== 'list') return [readPlacedText({ value: node, scope }) ?? []].flat();
  if (node.items.length === 0) mistyped(node, scope, 'a list of at least one file');
  return (readList(node, scope) ?? []).flatMap(
    (item) => readPlacedText({ value: item.node, scope: item.scope }) ?? [],
  );
}

function readCases(node: YamlNode, scope: Scope, context: CaseContext): TestCase[] {
  const items = readList(node, scope) ?? [];
  if (node.kind === 'list' && items.length === 0) mistyped(node, scope, 'a list of at least one case');
  const names = new Set<string>();
  return items.flatMap((item) => {
    const read = readCase(item.node, item.scope, context);
    if (read === undefined) return [];
    if (names.has(read.name)) {
      const message = `another case is called ${quoteText(read.name)}`;
      item.scope.problem('duplicate-name', item.node.position, message, 'say what is different in this one');
    }
    names.add(read.name);
    return [read];
  });
}
