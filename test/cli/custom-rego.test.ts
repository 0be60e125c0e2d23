// Hand-written Rego on the command line: found from the policy's folder, told with its problems, written for OPA's tools.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkRego, testRego } from '../../compiler/opa/opa-operations.ts';
import { createWorkbench } from './run-regent.ts';

const bench = createWorkbench();
afterAll(bench.remove);

const POLICY = 'version: "1"\nrego: [rules, more/extra.rego]\ntools:\n  query: {rules: []}\n';
const RULE =
  'package regent.custom.size\n\ndeny contains {"rule": "size", "msg": "too much"} if input.arguments.limit > 5\n';
const TEST =
  'package regent.custom.size_test\n\nimport data.regent.custom.size\n\ntest_size if count(size.deny) == 1 with input as {"arguments": {"limit": 6}}\n';

function write(name: string, text: string): string {
  mkdirSync(path.dirname(path.join(bench.folder, name)), { recursive: true });
  return bench.write(name, text);
}

beforeAll(() => {
  write('p/policy.yaml', POLICY);
  write('p/rules/deep/size.rego', RULE);
  write('p/rules/deep/size_test.rego', TEST);
  write('p/rules/README.md', 'no module');
  write(
    'p/more/extra.rego',
    'package regent.custom.extra\n\nrequire_approval contains {"rule": "x", "msg": "ask"} if input.arguments.ask\n',
  );
  write('p/more/ignored.rego', 'this is no Rego');
});

const decide = (args: object): { outcome: string; rule: string | null } => {
  const { stdout, stderr } = bench.run(
    'eval',
    '-c',
    'p/policy.yaml',
    '--tool',
    'query',
    '--arguments',
    JSON.stringify(args),
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};

test('files and folders are found from the folder of the policy; changes of a module are seen at once', () => {
  expect(bench.run('validate', '-c', 'p/policy.yaml').stdout).toBe('p/policy.yaml: no problems\n');
  expect(decide({ limit: 6 })).toMatchObject({
    outcome: 'deny',
    rule: 'custom:size',
    source: 'deep/size.rego:3:1',
  });
  expect(decide({ ask: true })).toMatchObject({ outcome: 'require_approval', rule: 'custom:x' });
  write('p/rules/deep/size.rego', RULE.replace('> 5', '> 50'));
  expect(decide({ limit: 6 }).outcome).toBe('allow');
  write('p/rules/deep/size.rego', RULE);
});

test('what compile --rego writes passes strict check and its own tests', async () => {
  expect(bench.run('compile', '-c', 'p/policy.yaml', '--rego', 'out').status).toBe(0);
  const folder = path.join(bench.folder, 'out');
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rego'))
    .map((name) => ({ path: name, text: readFileSync(path.join(folder, name), 'utf8') }));
  const names = modules.map((module) => module.path);
  expect(names).toContain('regent/custom/deep/size_test.rego');
  expect(names).toContain('regent/custom/extra.rego');
  expect(modules.find((module) => module.path === 'regent/custom/deep/size.rego')?.text).toBe(RULE);
  expect(await checkRego(modules)).toEqual([]);
  const result = await testRego(modules);
  expect(result.ok && result.tests.map(({ name, passed }) => [name, passed])).toEqual([['test_size', true]]);
});

test('a bundle decides without the modules beside it', () => {
  expect(bench.run('compile', '-c', 'p/policy.yaml', '-o', 'alone.tar.gz').status).toBe(0);
  const { stdout } = bench.run(
    'eval',
    '-c',
    'alone.tar.gz',
    '--tool',
    'query',
    '--arguments',
    '{"limit": 6}',
  );
  expect(JSON.parse(stdout).rule).toBe('custom:size');
});

test('what cannot be used is told at its item', () => {
  write('bad/policy.yaml', 'version: "1"\nrego: [none.rego, empty, note.txt, a_test.rego, "latin.rego"]\n');
  write('bad/empty/only_test.rego', TEST);
  write('bad/note.txt', '');
  write('bad/a_test.rego', TEST);
  writeFileSync(path.join(bench.folder, 'bad/latin.rego'), Buffer.from([0x70, 0xe9]));
  const { status, stdout } = bench.run('validate', '-c', 'bad/policy.yaml');
  expect(status).toBe(1);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'bad/policy.yaml:2:8 rego-missing  "none.rego" does not exist (rego[0])',
    'bad/policy.yaml:2:19 rego-missing  "empty" is a folder without .rego files, tests aside (rego[1])',
    'bad/policy.yaml:2:26 rego-missing  "note.txt" is no .rego file (rego[2])',
    'bad/policy.yaml:2:36 rego-missing  "a_test.rego" is a test: tests take no part in a policy (rego[3])',
    'bad/policy.yaml:2:49 rego-missing  "latin.rego" is not UTF-8 text (rego[4])',
  ]);
});

test('a pipe that nobody writes to is no module, and holds nothing up', () => {
  write('pipes/policy.yaml', 'version: "1"\nrego: [folder, link.rego]\n');
  mkdirSync(path.join(bench.folder, 'pipes/folder'));
  execFileSync('mkfifo', [path.join(bench.folder, 'pipes/folder/a.rego')]);
  symlinkSync('folder/a.rego', path.join(bench.folder, 'pipes/link.rego'));
  const { status, stdout } = bench.run('validate', '-c', 'pipes/policy.yaml');
  expect([status, stdout.trimEnd().split('\n')]).toEqual([
    1,
    [
      'pipes/policy.yaml:2:8 rego-missing  "folder" cannot be read: a.rego is no file (rego[0])',
      'pipes/policy.yaml:2:16 rego-missing  "link.rego" cannot be read: link.rego is no file (rego[1])',
    ],
  ]);
});

test('a problem of a module bears the name of its file', () => {
  write('p/more/extra.rego', 'package regent.custom.extra\n\ndeny contains {"rule": "x"}\n');
  const { stdout } = bench.run('validate', '-c', 'p/policy.yaml');
  expect(stdout).toBe(
    'p/more/extra.rego:3:15 rego-contract  a member of deny lacks "msg"; see docs/custom-rego.md\n',
  );
});

test('the files of a ConfigMap are read once, through its symbolic links', () => {
  write('map/..v1/a.rego', RULE);
  symlinkSync('..v1', path.join(bench.folder, 'map/..data'));
  symlinkSync('..data/a.rego', path.join(bench.folder, 'map/a.rego'));
  write('mapped.yaml', 'version: "1"\nrego: [map]\n');
  expect(bench.run('validate', '-c', 'mapped.yaml').stdout).toBe('mapped.yaml: no problems\n');
  rmSync(path.join(bench.folder, 'map'), { recursive: true });
});
