// A policy from its YAML text to the host's own evaluator, by way of a real bundle.
import { compilePolicy } from '../../compiler/index.ts';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import { type LoadedPolicy, loadOwnBundle } from '../../src/policy/bundle/load-bundle.ts';

export async function buildForTest(text: string): Promise<Buffer> {
  const result = await compilePolicy([{ name: 'policy.yaml', text }], {});
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return result.bundle;
}

export async function loadForTest(text: string): Promise<LoadedPolicy> {
  return loadOwnBundle(await buildForTest(text));
}
