// Finds and reads the hand-written Rego that policies name: files, or all modules of a folder.
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RegoFile, RegoSource } from '../../../compiler/model/custom-rego.ts';

const MODULE = '.rego';
const TEST = '_test.rego';

/** What stands behind the items of a policy's `rego`; what cannot be read is told by the compiler, at the item. */
export async function readRego(policy: string, text: string): Promise<readonly RegoSource[]> {
  return Promise.all(
    (await listItems(policy, text)).map((listed) =>
      readItem(policy, listed).catch((cause: unknown) => ({ listed, files: [], fault: explain(cause) })),
    ),
  );
}

/** The tests that stand beside the modules: they take no part in a policy. */
export async function readRegoTests(policy: string, text: string): Promise<readonly RegoFile[]> {
  const tests = await Promise.all(
    (await listItems(policy, text)).map(async (listed) => {
      const place = placeOf(policy, listed);
      if (await isFolder(place)) return readFiles(place, (await walk(place)).filter(isTest));
      const test = place.replace(/\.rego$/, TEST);
      return readFiles(path.dirname(test), [path.basename(test)]).catch(() => []);
    }),
  );
  return tests.flat();
}

/** Files and folders whose change may change the Rego of a policy; none for what cannot be read. */
export async function findRegoPlaces(policy: string, text: string): Promise<readonly string[]> {
  const places = await Promise.all(
    (await listItems(policy, text)).map(async (listed) => {
      const place = placeOf(policy, listed);
      const names = (await isFolder(place).catch(() => false)) ? await walk(place) : [];
      return [place, ...names.map((name) => path.join(place, name))];
    }),
  );
  return places.flat();
}

interface ListedItems {
  readonly text: string;
  readonly items: readonly string[];
}

/** Of each policy's last text: whoever watches asks again and again, and a large one takes long to parse. */
const lastListed = new Map<string, ListedItems>();

/** The YAML parser is only loaded where there may be something to find. */
async function listItems(policy: string, text: string): Promise<readonly string[]> {
  if (!text.includes('rego')) return [];
  const last = lastListed.get(policy);
  if (last?.text === text) return last.items;
  const { listRego } = await import('../../../compiler/check/read-custom.ts');
  const items = listRego(policy, text);
  lastListed.set(policy, { text, items });
  return items;
}

async function readItem(policy: string, listed: string): Promise<RegoSource> {
  const place = placeOf(policy, listed);
  const fault = (why: string): RegoSource => ({ listed, files: [], fault: why });
  if (!(await isFolder(place))) {
    if (isTest(listed)) return fault('is a test: tests take no part in a policy');
    if (!listed.endsWith(MODULE)) return fault('is no .rego file');
    return { listed, files: await readFiles(path.dirname(place), [path.basename(place)]), fault: null };
  }
  const names = (await walk(place)).filter((name) => name.endsWith(MODULE) && !isTest(name));
  if (names.length === 0) return fault('is a folder without .rego files, tests aside');
  return { listed, files: await readFiles(place, names), fault: null };
}

function placeOf(policy: string, listed: string): string {
  return path.isAbsolute(listed) ? path.normalize(listed) : path.join(path.dirname(policy), listed);
}

function isTest(name: string): boolean {
  return name.endsWith(TEST);
}

async function isFolder(place: string): Promise<boolean> {
  return (await stat(place)).isDirectory();
}

/**
 * Modules and folders below a folder, in the order of their names. Symbolic links are followed one step, since that is
 * what a ConfigMap's files are; hidden names are left out, since that is where it keeps what they point to.
 */
async function walk(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(
    ({ name }) => !name.startsWith('.'),
  );
  const found = await Promise.all(entries.map((entry) => walkEntry(folder, entry)));
  return found.flat().sort();
}

async function walkEntry(folder: string, entry: Dirent): Promise<string[]> {
  if (!entry.isDirectory()) return entry.name.endsWith(MODULE) ? [entry.name] : [];
  const below = await walk(path.join(folder, entry.name));
  return [entry.name, ...below.map((name) => path.posix.join(entry.name, name))];
}

async function readFiles(folder: string, names: readonly string[]): Promise<RegoFile[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      // A pipe that nobody writes to would be read for ever.
      if (!(await stat(file)).isFile()) throw new Error(`${name} is no file`);
      return { name: file, path: name, text: decoder.decode(await readFile(file)) };
    }),
  );
}

function explain(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text';
  return `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
}
