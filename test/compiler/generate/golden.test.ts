// The Rego that policies become, as files for review. `npx vitest run golden -u` writes them anew.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRegoLibrary } from '../../../compiler/generate/rego-library.ts';
import { compilePolicy } from '../../../compiler/index.ts';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { checkRego, formatRego } from '../../../compiler/opa/opa-operations.ts';
import type { RegoModule } from '../../../compiler/opa/run-opa.ts';
import { readRego } from '../../../src/cli/policy/read-rego.ts';

const FOLDER = path.join(import.meta.dirname, '../golden/rego');
const CASES = readdirSync(FOLDER);

async function compileCase(name: string): Promise<RegoModule[]> {
  const text = readFileSync(path.join(FOLDER, name, 'policy.yaml'), 'utf8');
  const rego = await readRego(path.join(FOLDER, name, 'policy.yaml'), text);
  const result = await compilePolicy([{ name: `${name}.yaml`, text, rego }], {});
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  const library = new Set(readRegoLibrary().map((module) => module.path));
  return result.modules.filter((module) => !library.has(module.path));
}

function goldenModules(name: string): RegoModule[] {
  const folder = path.join(FOLDER, name);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.rego') && file.startsWith('regent'))
    .sort()
    .map((file) => ({ path: file, text: readFileSync(path.join(folder, file), 'utf8') }));
}

describe.each(CASES)('the policy %s', (name) => {
  it('becomes the Rego of its folder', async () => {
    const modules = await compileCase(name);
    for (const { path: file, text } of modules) {
      await expect(text).toMatchFileSnapshot(path.join(FOLDER, name, file));
    }
    const expected = modules.map((module) => module.path).sort();
    expect(
      goldenModules(name)
        .map((module) => module.path)
        .sort(),
    ).toEqual(expected);
  });

  it('is formatted and strict', async () => {
    const modules = goldenModules(name);
    expect(await formatRego(modules)).toEqual({ ok: true, modules });
    expect(await checkRego([...readRegoLibrary(), ...modules])).toEqual([]);
  });

  it('is short enough to review', () => {
    const lengths = goldenModules(name).map(({ text }) => text.split('\n').length);
    expect(lengths.filter((length) => length > 500)).toEqual([]);
  });
});
