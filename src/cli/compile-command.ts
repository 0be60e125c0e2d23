// `regent compile`: writes the bundle, and its Rego as files for review.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import { CliError } from './cli-error.ts';
import { compileSources, PolicyProblems, readSources } from './open-policy.ts';

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
  for (const { path: name, text } of modules) await writeOutput(path.join(rego, name), text);
  console.error(`Wrote ${modules.length} Rego files under ${rego}`);
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
