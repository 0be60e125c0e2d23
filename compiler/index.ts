// The compiler: policy.yaml ─▶ parse ─▶ check ─▶ generate ─▶ build ─▶ bundle. Text in, text and diagnostics out.
import { type PoliciesRead, type PolicyFile, readPolicies } from './check/read-policies.ts';
import { draftBundle, ENTRYPOINTS } from './generate/draft-bundle.ts';
import { type Diagnostic, sortDiagnostics } from './model/diagnostic.ts';
import type { BundleMetadata } from './model/manifest.ts';
import { buildBundle, checkPatterns, type PatternErrors } from './opa/opa-operations.ts';
import { OpaError, type OpaRunner, type RegoModule } from './opa/run-opa.ts';

export type { PolicyFile };

export type CompileResult =
  | {
      readonly ok: true;
      /** `bundle.tar.gz`; equal policies give equal bytes. */
      readonly bundle: Buffer;
      readonly revision: string;
      /** Hand-written and generated Rego, formatted. */
      readonly modules: readonly RegoModule[];
      readonly metadata: BundleMetadata;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface CompileOptions {
  /** Replaces the `server` of every policy. */
  readonly server?: string;
  /** Builds the bundle; the built-in OPA where it is not said. */
  readonly opa?: OpaRunner;
}

/** Several files make one bundle. Throws `OpaError` where OPA itself fails. */
export async function compilePolicy(
  files: readonly PolicyFile[],
  { opa, ...options }: CompileOptions = {},
): Promise<CompileResult> {
  const read = readPolicies(files, options);
  if (read.diagnostics.length > 0) return { ok: false, diagnostics: await withPatternErrors(files, read) };
  const { modules, data, metadata, revision } = draftBundle(read.policies);
  const patterns = read.patterns.map(({ pattern }) => pattern);
  const request = {
    modules,
    data,
    entrypoints: ENTRYPOINTS,
    revision,
    metadata: { regent: metadata },
    patterns,
  };
  const built = await buildBundle(request, opa);
  const wrong = patternDiagnostics(read, built.patternErrors);
  if (wrong.length > 0) return { ok: false, diagnostics: inFileOrder(wrong, files) };
  if (!built.ok) throw generatedBadRego(built.problems);
  return { ok: true, bundle: built.bundle, revision, modules: built.modules, metadata };
}

/** Expressions are checked along with everything else: all problems are told at once. */
async function withPatternErrors(
  files: readonly PolicyFile[],
  read: PoliciesRead,
): Promise<readonly Diagnostic[]> {
  if (read.patterns.length === 0) return read.diagnostics;
  const errors = await checkPatterns(read.patterns.map(({ pattern }) => pattern));
  return inFileOrder([...read.diagnostics, ...patternDiagnostics(read, errors)], files);
}

function inFileOrder(diagnostics: readonly Diagnostic[], files: readonly PolicyFile[]): Diagnostic[] {
  return sortDiagnostics(
    diagnostics,
    files.map(({ name }) => name),
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

/** Not the policy's fault: the checks let something pass that the generator cannot print. */
function generatedBadRego(problems: ReadonlyArray<{ file: string; row: number; message: string }>): OpaError {
  const [first] = problems;
  return new OpaError(
    'bad-answer',
    `the generated Rego is not accepted: ${first?.file}:${first?.row}: ${first?.message}; please report this`,
  );
}
