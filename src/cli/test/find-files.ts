// Finds what there is to test: policies, cases files and Rego, in folders or named one by one.
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CliError } from '../cli-error.ts';

export type FileKind = 'policy' | 'cases' | 'rego-test' | 'rego';

/** Names are relative to the working folder where they are below it. */
export interface FoundFile {
  readonly file: string;
  readonly kind: FileKind;
  /** Named itself, or lies below a folder that was named. */
  readonly isWanted: boolean;
}

/** Each file once, in the order of their names. Throws `CliError` where a path leads nowhere. */
export function findFiles(paths: readonly string[]): FoundFile[] {
  const found = new Map<string, FoundFile>();
  for (const file of paths.flatMap(filesAt)) {
    const other = found.get(file.file);
    if (other === undefined || !other.isWanted) found.set(file.file, file);
  }
  return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** A file brings its neighbours along: the policy of a cases file, the cases of a policy. */
function filesAt(given: string): FoundFile[] {
  const target = shownName(given);
  if (isFolder(given)) return listFolder(target, true).flatMap((file) => classify(file, true));
  const own = { file: target, kind: kindOf(target, true) ?? 'policy', isWanted: true } as const;
  const neighbours = listFolder(path.dirname(target), false).flatMap((file) => classify(file, false));
  return [own, ...neighbours.filter(({ file }) => file !== target)];
}

/** As people would type it: relative where it lies below the working folder. */
export function shownName(given: string): string {
  const relative = path.relative('.', given);
  return relative.startsWith('..') || path.isAbsolute(relative) ? path.resolve(given) : relative || '.';
}

function isFolder(given: string): boolean {
  try {
    return statSync(given).isDirectory();
  } catch (cause) {
    throw new CliError(`there is no file or folder ${given}`, { cause });
  }
}

/** Hidden folders and installed packages are nobody's policies. */
function listFolder(folder: string, isDeep: boolean): string[] {
  return readFolder(folder).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (!entry.isDirectory()) return isReadable(name, entry) ? [name] : [];
    const isSkipped = entry.name.startsWith('.') || entry.name === 'node_modules';
    return isDeep && !isSkipped ? listFolder(name, true) : [];
  });
}

/** A pipe that nobody writes to would be read for ever. A link that leads nowhere is told when it is read. */
function isReadable(name: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(name, { throwIfNoEntry: false })?.isFile() ?? true;
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`the folder ${folder} cannot be searched: ${why}`, { cause });
  }
}

function classify(file: string, isWanted: boolean): FoundFile[] {
  const kind = kindOf(file, false);
  return kind === null ? [] : [{ file, kind, isWanted }];
}

const CASES_NAME = /^(.+[._])?cases\.ya?ml$/;
const POLICY_NAME = /^(.+[._])?policy\.ya?ml$/;

function kindOf(file: string, isNamed: boolean): FileKind | null {
  const name = path.basename(file);
  if (name.endsWith('_test.rego')) return 'rego-test';
  if (name.endsWith('.rego')) return 'rego';
  if (CASES_NAME.test(name)) return 'cases';
  if (POLICY_NAME.test(name)) return 'policy';
  return /\.ya?ml$/.test(name) && (isNamed || looksLikePolicy(file)) ? 'policy' : null;
}

/** Under a name of its own, a policy is told by its first keys: other YAML in the same tree is not read as one. */
function looksLikePolicy(file: string): boolean {
  try {
    const text = readFileSync(file, 'utf8');
    return /^version:\s*["']1["']\s*(#.*)?$/m.test(text) && /^(tools|default|hide|agents):/m.test(text);
  } catch {
    return false;
  }
}
