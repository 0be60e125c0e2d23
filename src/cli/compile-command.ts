// `regent compile`: writes the bundle, and its Rego as files for review.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import type { BundleMetadata } from '../../compiler/model/manifest.ts';
import type { BundleSigning } from '../policy/bundle-signature/sign-bundle.ts';
import { readSigning, type SigningFlags } from './bundles/read-signing.ts';
import { messageOf } from './bundles/read-verification.ts';
import { CliError } from './cli-error.ts';
import { compileSources, PolicyProblems, readSources } from './open-policy.ts';

export interface CompileFlags extends SigningFlags {
  readonly policy: readonly string[];
  readonly output: string;
  readonly rego?: string;
  readonly server?: string;
}

export async function compilePolicies(flags: CompileFlags): Promise<void> {
  const { policy, output, rego, server } = flags;
  const signing = readSigning(flags);
  const sources = await readSources(policy);
  const compiled = await compileSources(sources, server ?? null).catch(reportProblems);
  const { bundle, modules, revision, metadata } = compiled;
  await writeOutput(output, signing === null ? bundle : await sign(bundle, signing));
  console.error(`Wrote ${output} (revision ${revision.slice(0, 12)}${signing === null ? '' : ', signed'})`);
  if (rego === undefined) return;
  for (const { path: name, text } of modules) await writeOutput(path.join(rego, name), text);
  await writeOutput(path.join(rego, '.manifest'), printManifest(metadata));
  console.error(`Wrote ${modules.length} Rego files under ${rego}`);
}

async function sign(bundle: Buffer, signing: BundleSigning): Promise<Buffer> {
  const { signBundle } = await import('../policy/bundle-signature/sign-bundle.ts');
  return signBundle(bundle, signing).catch((cause: unknown) => {
    throw new CliError(`the bundle cannot be signed: ${messageOf(cause)}`, { cause });
  });
}

/** `opa build -b` takes it over: what it builds of these files keeps its counters. It names no revision: Rego changes. */
function printManifest(metadata: BundleMetadata): string {
  const regent: BundleMetadata = { ...metadata, isExported: true };
  return `${JSON.stringify({ roots: ['regent'], rego_version: 1, metadata: { regent } }, null, 2)}\n`;
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
