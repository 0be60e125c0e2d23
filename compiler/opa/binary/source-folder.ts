// A temporary folder that holds what one run of the binary reads, and is gone after it.
//
//   capabilities.json  bundle.tar.gz  src/ (the modules, and for a build data.json and .manifest)
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OpaError, type RegoModule } from '../run-opa.ts';

export interface SourceFolder {
  readonly folder: string;
  /** Where the binary runs: it names files by their paths from here. */
  readonly sources: string;
  /** The module's own path by the name of its file. */
  pathOf(name: string): string;
  /** The modules as they are now, in the order of their paths. */
  readModules(): Promise<RegoModule[]>;
  /** Names of the files that are to be formatted. */
  readonly formattable: readonly string[];
}

export async function withSources<T>(
  modules: readonly RegoModule[],
  use: (folder: SourceFolder) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'regent-opa-'));
  try {
    return await use(await layOut(folder, modules));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function layOut(folder: string, modules: readonly RegoModule[]): Promise<SourceFolder> {
  const sources = path.join(folder, 'src');
  const sorted = [...modules].sort((a, b) => (a.path < b.path ? -1 : 1));
  const entries = sorted.map((module, index) => ({ module, name: fileName(module.path, index) }));
  const paths = new Map(entries.map(({ name, module }) => [name, module.path]));
  for (const parent of new Set(entries.map(({ name }) => path.dirname(name))))
    await mkdir(path.join(sources, parent), { recursive: true });
  // At once: a thousand waits take longer than writing a thousand small files.
  for (const { name, module } of entries) writeFileSync(path.join(sources, name), module.text);
  return {
    folder,
    sources,
    formattable: entries.filter(({ module }) => module.verbatim !== true).map(({ name }) => name),
    pathOf: (name) => paths.get(name) ?? name,
    readModules: () =>
      Promise.all(
        entries.map(async ({ name, module }) => ({
          ...module,
          text: await readFile(path.join(sources, name), 'utf8'),
        })),
      ),
  };
}

/** Modules that people name by paths elsewhere, such as `../rules/x.rego`, must not be written there. */
function fileName(modulePath: string, index: number): string {
  const isInside = /^[\w.-]+(\/[\w.-]+)*\.rego$/.test(modulePath) && !/(^|\/)\.\.?(\/|$)/.test(modulePath);
  return isInside ? modulePath : `elsewhere/${index}.rego`;
}

export async function readBuilt(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new OpaError('bad-answer', 'opa build ended well but wrote no bundle', cause);
  }
}
