// The policy files that are named on the command line: read, and compiled. Nothing here puts a policy in force.
import { readFile } from 'node:fs/promises';
import type { CompileResult } from '../../../compiler/index.ts';
import type { OpaBinary } from '../../../compiler/opa/binary/open-opa-binary.ts';
import type { PolicySource } from '../../policy/bundle/bundle-cache.ts';
import { PolicyError } from '../../policy/policy-error.ts';
import { isBundle } from '../bundles/is-bundle.ts';
import { CliError } from '../cli-error.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { PolicyProblems } from './policy-problems.ts';
import { findRegoPlaces, readRego } from './read-rego.ts';

export type CompiledPolicy = Extract<CompileResult, { ok: true }>;

/** Throws `CliError` where a bundle is among them, and `PolicyError` where one cannot be read. */
export async function readSources(files: readonly string[]): Promise<PolicySource[]> {
  const bundle = files.find(isBundle);
  if (bundle !== undefined) {
    throw new CliError(
      files.length > 1
        ? `${bundle} is a bundle: it is a whole policy and stands alone; give it as the only -c, or compile all policies into one bundle`
        : `${bundle} is a bundle, compiled already; regent inspect shows what is in it, regent verify checks its signature`,
    );
  }
  return Promise.all(
    files.map(async (name) => {
      const text = decodeText(name, await readPolicyFile(name));
      return { name, text, rego: await readRego(name, text) };
    }),
  );
}

/** Everything that the policy is made of: its files, and the files and folders of its Rego. */
export async function findPolicyFiles(files: readonly string[]): Promise<string[]> {
  const places = await Promise.all(
    files.map(async (name) => {
      if (isBundle(name)) return [name];
      const text = await readFile(name, 'utf8').catch(() => '');
      return [name, ...(await findRegoPlaces(name, text))];
    }),
  );
  return places.flat();
}

/** Throws `PolicyProblems`, or `CliError` where `server` is no name. */
export async function compileSources(
  sources: readonly PolicySource[],
  server: string | null,
  opa: OpaBinary | null,
): Promise<CompiledPolicy> {
  requireServerName(server);
  const { compilePolicy } = await import('../../../compiler/index.ts');
  const result = await compilePolicy(sources, {
    ...(server === null ? {} : { server }),
    ...(opa === null ? {} : { opa: opa.run }),
  });
  if (!result.ok) throw new PolicyProblems(result.diagnostics);
  return result;
}

export function requireServerName(server: string | null): void {
  if (server === null || /^[A-Za-z0-9_.:/-]{1,128}$/.test(server)) return;
  throw new CliError(
    `--server ${JSON.stringify(server)} is no server name; names are made of A-Z a-z 0-9 _ . : / -`,
  );
}

export async function readPolicyFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const why = whyUnreadable(cause);
    throw new PolicyError('policy-missing', `the policy ${file} cannot be read: ${why}`, cause);
  }
}

function decodeText(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PolicyError('policy-missing', `the policy ${file} is not UTF-8 text`, cause);
  }
}
