// Takes generated Rego of an earlier policy out of the folder that `regent compile --rego` writes to: `opa build` takes
// whatever lies there, and a tool that the policy does not list any more would stay allowed.
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isGenerated } from '../../../compiler/index.ts';

/** `written` are paths below `folder`. What people put there stays. How many files were removed. */
export async function removeStaleRego(folder: string, written: readonly string[]): Promise<number> {
  const kept = new Set(written.map((name) => path.join(folder, name)));
  const entries = await readdir(path.join(folder, 'regent'), { recursive: true, withFileTypes: true });
  const others = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.rego'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !kept.has(file));
  const stale = await Promise.all(
    others.map(async (file) => (isGenerated(await readFile(file, 'utf8')) ? [file] : [])),
  );
  await Promise.all(stale.flat().map((file) => rm(file)));
  return stale.flat().length;
}
