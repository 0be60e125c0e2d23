// The compiler: policy.yaml ─▶ parse ─▶ check ─▶ generate ─▶ build ─▶ bundle. Text in, text and diagnostics out.
import type { PolicyFile } from './check/read-policies.ts';
import type { CompileResult } from './compile-files.ts';
import { type OpaRunner, startOpa } from './opa/run-opa.ts';

export { isGenerated } from './generate/generated-mark.ts';
export type { RegoFile, RegoSource } from './model/custom-rego.ts';
export type { CompileResult, PolicyFile };

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
  try {
    // Loaded once OPA is starting: reading a hundred modules takes a third as long as that.
    const { compileFiles } = await import('./compile-files.ts');
    return await compileFiles(files, options, opa ?? started?.run);
  } finally {
    started?.close();
  }
}
