// What the command loads for its job: compiling does not pay for what puts a policy in force, a policy that was compiled
// before not for the compiler, and nobody who has no signature to check for jose.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkbench, type Workbench } from './run-regent.ts';

const POLICY = `version: "1"
server: bank
tools:
  pay:
    rules:
      - name: amount
        arguments: {amount: {maximum: 100}}
`;

/** Node tells a module's hooks of every other; they run in a thread of their own. */
const NOTE_LOADS = `import { register } from 'node:module';
const hooks = \`import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\\\n');
  return next(url, context);
}\`;
register('data:text/javascript,' + encodeURIComponent(hooks));
`;

let bench: Workbench;
beforeAll(() => {
  bench = createWorkbench();
  bench.write('policy.yaml', POLICY);
  bench.write('note-loads.mjs', NOTE_LOADS);
});
afterAll(() => bench.remove());

function loadedBy(...args: readonly string[]): string {
  const loaded = path.join(bench.folder, `${args[0]}.txt`);
  const hook = pathToFileURL(path.join(bench.folder, 'note-loads.mjs')).href;
  const { status, stderr } = bench.runWith({ NODE_OPTIONS: `--import=${hook}`, LOADED: loaded }, ...args);
  expect(status, stderr).toBe(0);
  return readFileSync(loaded, 'utf8');
}

test('a compile loads the compiler, and nothing that puts a policy in force', () => {
  const loaded = loadedBy('compile', '-c', 'policy.yaml');
  expect(loaded).toContain('/compiler/compile-files.js');
  expect(loaded).not.toContain('/src/policy/bundle/load-bundle.js');
  expect(loaded).not.toContain('/jose/');
});

test('a policy that was compiled before is put in force without the compiler and without jose', () => {
  const decide = ['eval', '-c', 'policy.yaml', '--tool', 'pay', '--arguments', '{"amount": 1}'];
  expect(bench.run(...decide)).toMatchObject({ status: 0 });
  const loaded = loadedBy(...decide);
  expect(loaded).toContain('/src/policy/bundle/load-bundle.js');
  expect(loaded).not.toContain('/compiler/compile-files.js');
  expect(loaded).not.toContain('/jose/');
});
