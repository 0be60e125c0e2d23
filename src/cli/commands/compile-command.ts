// `regent compile`: writes the bundle, and its Rego as files for review.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RegoFile } from '../../../compiler/model/custom-rego.ts';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import type { BundleMetadata } from '../../../compiler/model/manifest.ts';
import type { RegoModule } from '../../../compiler/opa/run-opa.ts';
import type { BundleSigning } from '../../policy/bundle-signature/sign-bundle.ts';
import { readSigning, type SigningFlags } from '../bundles/read-signing.ts';
import { messageOf } from '../bundles/read-verification.ts';
import { removeStaleRego } from '../bundles/remove-stale-rego.ts';
import { CliError } from '../cli-error.ts';
import { chooseOpa } from '../policy/choose-opa.ts';
import { PolicyProblems } from '../policy/policy-problems.ts';
import { compileSources, readSources } from '../policy/policy-sources.ts';
import { readRegoTests } from '../policy/read-rego.ts';

export interface CompileFlags extends SigningFlags {
  readonly policy: readonly string[];
  readonly output: string;
  readonly rego?: string;
  readonly server?: string;
  readonly opa?: string;
}

export async function compilePolicies(flags: CompileFlags): Promise<void> {
  const { policy, output, rego, server } = flags;
  const signing = readSigning(flags);
  const sources = await readSources(policy);
  const opa = await chooseOpa(flags.opa);
  const compiled = await compileSources(sources, server ?? null, opa).catch(reportProblems);
  const { bundle, modules, revision, metadata } = compiled;
  await writeOutput(output, signing === null ? bundle : await sign(bundle, signing));
  console.error(`Wrote ${output} (revision ${revision.slice(0, 12)}${signing === null ? '' : ', signed'})`);
  if (rego === undefined) return;
  const tests = await Promise.all(sources.map(({ name, text }) => readRegoTests(name, text)));
  const files = [...modules, ...tests.flat().map(besideModules)];
  for (const { path: name, text } of files) await writeOutput(path.join(rego, name), text);
  await writeOutput(path.join(rego, '.manifest'), printManifest(metadata, modules));
  const stale = await removeStaleRego(
    rego,
    files.map(({ path: name }) => name),
  );
  console.error(
    `Wrote ${files.length} Rego files under ${rego}${stale === 0 ? '' : `, and removed ${stale} of an earlier policy`}`,
  );
}

/** Tests of hand-written modules stand with them, so that `opa test` runs there as it does on the originals. */
function besideModules({ path: name, text }: RegoFile): RegoModule {
  return { path: `regent/custom/${name}`, text };
}

async function sign(bundle: Buffer, signing: BundleSigning): Promise<Buffer> {
  const { signBundle } = await import('../../policy/bundle-signature/sign-bundle.ts');
  return signBundle(bundle, signing).catch((cause: unknown) => {
    throw new CliError(`the bundle cannot be signed: ${messageOf(cause)}`, { cause });
  });
}

/** `opa build -b` takes it over: what it builds of these files keeps its counters. It names no revision: Rego changes. */
function printManifest(metadata: BundleMetadata, modules: readonly RegoModule[]): string {
  const hasLog = modules.some(({ text }) => /^package system\.log\b/m.test(text));
  const roots = hasLog ? ['regent', 'system/log'] : ['regent'];
  const regent: BundleMetadata = { ...metadata, isExported: true };
  return `${JSON.stringify({ roots, rego_version: 1, metadata: { regent } }, null, 2)}\n`;
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
