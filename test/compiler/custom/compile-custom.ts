// Policies with hand-written Rego, from texts to what the compiler says or to a policy in force.
import { type CompileResult, compilePolicy } from '../../../compiler/index.ts';
import { type Diagnostic, formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { type LoadedPolicy, loadOwnBundle } from '../../../src/policy/bundle/load-bundle.ts';

/** One tool, `query`, without rules of its own; a modules' folder; two counters. */
export const QUERY_POLICY = `version: "1"
rego: [rules]
counters:
  rows: {window: day, per: agent}
  accounts: {window: day, per: args.account}
tools:
  query: {rules: []}
`;

/** Module texts by their names below `rules/`. */
export type Modules = Readonly<Record<string, string>>;

export async function compileCustom(text: string, modules: Modules): Promise<CompileResult> {
  const files = Object.entries(modules).map(([path, rego]) => ({ name: `rules/${path}`, path, text: rego }));
  return compilePolicy([{ name: 'policy.yaml', text, rego: [{ listed: 'rules', files, fault: null }] }]);
}

export async function compileSoundly(
  text: string,
  modules: Modules,
): Promise<Extract<CompileResult, { ok: true }>> {
  const result = await compileCustom(text, modules);
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return result;
}

export async function loadCustom(text: string, modules: Modules): Promise<LoadedPolicy> {
  return loadOwnBundle((await compileSoundly(text, modules)).bundle);
}

export async function problemsOf(text: string, modules: Modules): Promise<string[]> {
  const result = await compileCustom(text, modules);
  const diagnostics: readonly Diagnostic[] = result.ok ? [] : result.diagnostics;
  return diagnostics.map(formatDiagnostic);
}
