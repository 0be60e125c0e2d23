// The hand-written Rego that generated modules rest on: everything under rego/ but its tests.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RegoModule } from '../opa/run-opa.ts';
import { packageRoot } from '../package-root.ts';

/** In the order of their paths, which start with `regent/` as their packages do. */
export function readRegoLibrary(): RegoModule[] {
  const folder = path.join(packageRoot(), 'rego');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rego') && !name.endsWith('_test.rego'))
    .map((name) => name.split(path.sep).join('/'))
    .sort()
    .map((name) => ({ path: `regent/${name}`, text: readFileSync(path.join(folder, name), 'utf8') }));
}
