// Build step: hashes everything that shapes a bundle (compiler, OPA, the Rego library) into dist/compiler/fingerprint.txt,
// so that bundles cached by another version of the compiler are not taken.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const compilerFolder = fileURLToPath(new URL('.', import.meta.url));
const regoFolder = fileURLToPath(new URL('../../rego', import.meta.url));
const target = path.join(compilerFolder, 'fingerprint.txt');

function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

const hash = createHash('sha256');
const files = [...filesUnder(compilerFolder), ...filesUnder(regoFolder)].filter((file) => file !== target);
for (const file of files.sort()) hash.update(path.basename(file)).update(readFileSync(file));
writeFileSync(target, hash.digest('hex'));
