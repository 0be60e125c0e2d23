// Compiles the policies of a suite and puts them in force, as the sidecar would.
import type { Diagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { OpaBinary } from '../../../../compiler/opa/binary/open-opa-binary.ts';
import type { PolicySource } from '../../../policy/bundle/bundle-cache.ts';
import { type LoadedPolicy, loadOwnBundle } from '../../../policy/bundle/load-bundle.ts';
import { PolicyError } from '../../../policy/policy-error.ts';
import { PolicyProblems } from '../../policy/policy-problems.ts';
import { type CompiledPolicy, compileSources, readSources } from '../../policy/policy-sources.ts';
import { problemAt } from './suite-problem.ts';

export interface OpenSuite {
  readonly sources: readonly PolicySource[];
  readonly compiled: CompiledPolicy;
  readonly policy: LoadedPolicy;
}

/** Problems of the policies are a result, like failing cases; everything else rises. */
export async function openSuite(
  policies: readonly string[],
  opa: OpaBinary | null,
): Promise<OpenSuite | { readonly problems: readonly Diagnostic[] }> {
  try {
    const sources = await readSources(policies);
    const compiled = await compileSources(sources, null, opa);
    return { sources, compiled, policy: await loadOwnBundle(compiled.bundle) };
  } catch (error) {
    if (error instanceof PolicyProblems) return { problems: error.diagnostics };
    if (!(error instanceof PolicyError)) throw error;
    const position = { file: policies[0] ?? '', line: 1, column: 1 };
    return { problems: [problemAt(error.code, position, error.message)] };
  }
}
