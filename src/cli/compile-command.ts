// `regent compile`: writes the bundle, and its Rego as files for review.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RegoFile } from '../../compiler/model/custom-rego.ts';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import type { RegoModule } from '../../compiler/opa/run-opa.ts';
import { CliError } from './cli-error.ts';
import { compileSources, PolicyProblems, readSources } from './open-policy.ts';
import { readRegoTests } from './read-rego.ts';

export interface CompileFlags {
  readonly policy: readonly string[];
  readonly output: string;
  readonly rego?: string;
  readonly server?: string;
}

export async function compilePolicies({ policy, output, rego, server }: CompileFlags): Promise<void> {
  const sources = await readSources(policy);
  const { bundle, modules, revision } = await compileSources(sources, server ?? null).catch(reportProblems);
  await writeOutput(output, bundle);
  console.error(`Wrote ${output} (revision ${revision.slice(0, 12)})`);
  if (rego === undefined) return;
  const tests = await Promise.all(sources.map(({ name, text }) => readRegoTests(name, text)));
  const files = [...modules, ...tests.flat().map(besideModules)];
  for (const { path: name, text } of files) await writeOutput(path.join(rego, name), text);
  console.error(`Wrote ${files.length} Rego files under ${rego}`);
}

/** Tests of hand-written modules stand with them, so that `opa test` runs there as it does on the originals. */
function besideModules({ path: name, text }: RegoFile): RegoModule {
  return { path: `regent/custom/${name}`, text };
}

function reportProblems(error: unknown): never {
  if (!(error instanceof PolicyProblems)) throw error;
  for (const diagnostic of error.diagnostics) console.error(formatDiagnostic(diagnostic));
  throw new CliError(`${error.message}; no bundle was written`, { exitCode: 1, cause: error });
}

async function writeOutput(file: string, content: string | Buffer): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  } catch (cause) {
    throw new CliError(
      `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
