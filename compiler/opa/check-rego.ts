// Checks the Rego under the folders given: formatted, strict, and all of its tests pass. The Rego step of `make test`.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkRego, formatRego, testRego } from './opa-operations.ts';
import type { OpaProblem, RegoModule } from './run-opa.ts';

function readModules(folder: string): RegoModule[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.rego'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ path: file, text: readFileSync(file, 'utf8') }));
}

function print({ file, row, col, code, message }: OpaProblem): string {
  return `${file}:${row}:${col} ${code}  ${message}`;
}

async function findUnformatted(modules: readonly RegoModule[]): Promise<string[]> {
  const result = await formatRego(modules);
  if (!result.ok) return result.problems.map(print);
  const formatted = new Map(result.modules.map((module) => [module.path, module.text]));
  return modules
    .filter((module) => formatted.get(module.path) !== module.text)
    .map((module) => `${module.path}:1:1 unformatted  differs from opa fmt`);
}

const modules = process.argv.slice(2).flatMap(readModules);
const failures = [...(await findUnformatted(modules)), ...(await checkRego(modules)).map(print)];
const result = await testRego(modules);
const tests = result.ok ? result.tests : [];
if (!result.ok) failures.push(...result.problems.map(print));
for (const { file, row, name, passed, message } of tests) {
  if (!passed) failures.push(`${file}:${row}:1 test-failed  ${name} ${message ?? ''}`);
}
if (tests.length === 0) failures.push('no Rego test was found');

for (const failure of failures) console.log(failure);
console.log(`${modules.length} Rego files checked`);
console.log(`${tests.filter(({ passed }) => passed).length} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
