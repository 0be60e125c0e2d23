// The compiler: policy.yaml ─▶ parse ─▶ check ─▶ generate ─▶ build ─▶ bundle. Text in, text and diagnostics out.
import { explainRegoProblem } from './check/custom-problems.ts';
import { fileNames, type PoliciesRead, type PolicyFile, readPolicies } from './check/read-policies.ts';
import type { CustomModule } from './custom/custom-module.ts';
import { type CustomRead, inspectCustom } from './custom/inspect-custom.ts';
import { draftBundle } from './generate/draft-bundle.ts';
import { type Diagnostic, sortDiagnostics } from './model/diagnostic.ts';
import type { BundleMetadata } from './model/manifest.ts';
import { buildBundle, checkPatterns, type PatternErrors } from './opa/opa-operations.ts';
import { OpaError, type OpaProblem, type OpaRunner, type RegoModule, startOpa } from './opa/run-opa.ts';

export { listRego } from './check/read-custom.ts';
export { isGenerated } from './generate/generate-modules.ts';
export type { RegoFile, RegoSource } from './model/custom-rego.ts';
export type { PolicyFile };

export type CompileResult =
  | {
      readonly ok: true;
      /** `bundle.tar.gz`; equal policies give equal bytes. */
      readonly bundle: Buffer;
      readonly revision: string;
      /** The library's and generated Rego, as `opa fmt` writes it, and hand-written Rego as it is. */
      readonly modules: readonly RegoModule[];
      readonly metadata: BundleMetadata;
      /** Hand-written modules, and what is in them. */
      readonly custom: readonly CustomModule[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface CompileOptions {
  /** Replaces the `server` of every policy. */
  readonly server?: string;
  /** Builds the bundle; the built-in OPA where it is not said. */
  readonly opa?: OpaRunner;
}

/** Smaller policies are read before a process has started. */
const LARGE_TEXT = 10_000;

/** Several files make one bundle. Throws `OpaError` where OPA itself fails. */
export async function compilePolicy(
  files: readonly PolicyFile[],
  { opa, ...options }: CompileOptions = {},
): Promise<CompileResult> {
  const isLarge = files.some(({ text }) => text.length > LARGE_TEXT);
  const started = isLarge && opa === undefined ? startOpa() : null;
  return compileWith(opa ?? started?.run, files, options).finally(() => started?.close());
}

async function compileWith(
  opa: OpaRunner | undefined,
  files: readonly PolicyFile[],
  options: { readonly server?: string },
): Promise<CompileResult> {
  const read = readPolicies(files, options);
  const custom = await inspectCustom(read);
  const problems = [...read.diagnostics, ...custom.diagnostics];
  if (problems.length > 0) {
    const patternErrors = await patternErrorsOf(read, custom, opa);
    return failed([...problems, ...patternDiagnostics(read, patternErrors)], files);
  }
  const { entrypoints, modules, data, metadata, revision } = draftBundle(read.policies, custom.modules);
  const patterns = read.patterns.map(({ pattern }) => pattern);
  const request = {
    modules,
    data,
    entrypoints,
    revision,
    metadata: { regent: metadata },
    patterns,
  };
  const built = await buildBundle(request, opa);
  const wrong = patternDiagnostics(read, built.patternErrors);
  if (wrong.length > 0) return failed(wrong, files);
  if (!built.ok) return failed(explainBuild(built.problems, custom.modules), files);
  return { ok: true, bundle: built.bundle, revision, modules, metadata, custom: custom.modules };
}

function failed(diagnostics: readonly Diagnostic[], files: readonly PolicyFile[]): CompileResult {
  return { ok: false, diagnostics: sortDiagnostics(diagnostics, fileNames(files)) };
}

/** Expressions are checked along with everything else: all problems are told at once. */
async function patternErrorsOf(
  { patterns }: PoliciesRead,
  custom: CustomRead,
  opa: OpaRunner | undefined,
): Promise<PatternErrors> {
  if (custom.patternErrors !== null || patterns.length === 0) return custom.patternErrors ?? [];
  return checkPatterns(
    patterns.map(({ pattern }) => pattern),
    opa,
  );
}

function patternDiagnostics({ patterns }: PoliciesRead, errors: PatternErrors): Diagnostic[] {
  return patterns.flatMap(({ pattern, position, path }, index) => {
    const error = errors[index] ?? null;
    if (error === null) return [];
    const message = `${JSON.stringify(pattern)} is no RE2 expression: ${error.replace('error parsing regexp: ', '')}`;
    return [{ code: 'bad-pattern', position, path, message, suggestion: null }];
  });
}

/** What OPA finds only once all modules are together: most likely the hand-written ones are what it cannot plan. */
function explainBuild(problems: readonly OpaProblem[], custom: readonly CustomModule[]): Diagnostic[] {
  const files = new Map(custom.map(({ path, file }) => [path, file]));
  if (files.size === 0) throw generatedBadRego(problems[0]);
  return problems.map((problem) => explainRegoProblem(problem, files));
}

/** Not the policy's fault: the checks let something pass that the generator cannot print. */
function generatedBadRego(problem: OpaProblem | undefined): OpaError {
  return new OpaError(
    'bad-answer',
    `the generated Rego is not accepted: ${problem?.file}:${problem?.row}: ${problem?.message}; please report this`,
  );
}
