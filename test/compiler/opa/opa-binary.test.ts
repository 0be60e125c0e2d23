// An `opa` binary in place of the built-in OPA: the same bundles, the same problems and tests, and clear failures.
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { compilePolicy } from '../../../compiler/index.ts';
import { isTestedVersion, readOpaVersion } from '../../../compiler/opa/binary/opa-version.ts';
import { type OpaBinary, openOpaBinary } from '../../../compiler/opa/binary/open-opa-binary.ts';
import { NATIVE_BUILTINS } from '../../../compiler/opa/binary/wasm-capabilities.ts';
import { buildBundle, checkRego, formatRego, testRego } from '../../../compiler/opa/opa-operations.ts';
import type { RegoModule } from '../../../compiler/opa/run-opa.ts';
import { readRego } from '../../../src/cli/policy/read-rego.ts';
import { inflateArchive } from '../../../src/policy/archive/inflate-archive.ts';
import { readTar } from '../../../src/policy/archive/read-tar.ts';
import { OPA } from '../../fixtures/opa-binary.ts';
import { POLICIES } from '../../peers/written-rego.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

vi.setConfig({ testTimeout: 180_000 });

const ROOT = path.resolve(import.meta.dirname, '../../..');
const BUILT = [
  ...POLICIES,
  // Hand-written Rego, and rules for OPA's decision logs.
  'test/compiler/golden/rego/custom/policy.yaml',
];
const open = (): Promise<OpaBinary> => openOpaBinary(OPA);
const module = (name: string, text: string): RegoModule => ({ path: name, text });

/** A program that says it is opa 1.22.2, and does otherwise what `script` says. */
function pretend(script: string, version = '1.22.2'): string {
  const file = path.join(temporaryFolder(), 'opa');
  const text = `#!/bin/sh\nif [ "$1" = version ]; then echo 'Version: ${version}'; exit 0; fi\n${script}\n`;
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

describe('versions', () => {
  test.each([
    ['1.18.0', true],
    ['1.22.2', true],
    ['1.22.99', true],
    ['1.20.1+fips', true],
    ['1.17.1', false],
    ['1.23.0', false],
    ['2.18.0', false],
    ['0.68.0', false],
    ['1.22.0-rc.1', false],
    ['1.220.0', false],
  ])('%s is taken: %s', (version, isTaken) => {
    expect(isTestedVersion(readOpaVersion(`Version: ${version}\nRego Version: v1\n`) ?? '')).toBe(isTaken);
  });

  test('another version is refused, with the range and the way out', async () => {
    await expect(openOpaBinary(pretend('exit 0', '0.68.0'))).rejects.toMatchObject({
      code: 'version-untested',
      message: expect.stringMatching(
        / is opa 0\.68\.0, .* tested with opa 1\.18 to 1\.22; .* leave --opa out/,
      ),
    });
  });
});

/** All files of a bundle; of Rego only what decides. */
async function readContent(bundle: Buffer): Promise<Record<string, string>> {
  const files = readTar(await inflateArchive(bundle));
  return Object.fromEntries(
    files.map(({ name, bytes }) => [
      name,
      name.endsWith('.rego') ? bytes.toString('utf8').replace(/^#.*\n|^\n/gm, '') : bytes.toString('base64'),
    ]),
  );
}

describe('the bundle that the binary builds', () => {
  test.each(BUILT)(
    'of %s is that of the built-in OPA, but for comments, which the binary takes out',
    async (name) => {
      const file = path.join(ROOT, name);
      const text = readFileSync(file, 'utf8');
      const files = [{ name: 'policy.yaml', text, rego: await readRego(file, text) }];
      const own = await compilePolicy(files);
      const theirs = await compilePolicy(files, { opa: (await open()).run });
      if (!own.ok || !theirs.ok) throw new Error('the policy does not compile');
      expect(await readContent(theirs.bundle)).toEqual(await readContent(own.bundle));
      expect(theirs.modules).toEqual(own.modules);
      expect(theirs.revision).toBe(own.revision);
    },
  );

  test('may call what the built-in OPA lets modules call', () => {
    const source = readFileSync(path.join(ROOT, 'compiler/opa/capabilities.go'), 'utf8');
    const [, names = ''] = /strings\.Fields\(`([^`]*)`\)/.exec(source) ?? [];
    expect([...NATIVE_BUILTINS]).toEqual(names.trim().split(/\s+/));
  });

  test('is none where a module calls a function that only a host could offer', async () => {
    const { run } = await open();
    const modules = [module('regent/a.rego', 'package regent.a\n\nx := time.now_ns()\n')];
    const request = { modules, data: {}, entrypoints: ['regent/a/x'], revision: 'r', metadata: {} };
    const built = await buildBundle(request, run);
    expect(built).toMatchObject({
      ok: false,
      problems: [{ code: 'rego_type_error', file: 'regent/a.rego', row: 3 }],
    });
  });

  test('tells expressions that are none, as the built-in OPA does', async () => {
    const text =
      'version: "1"\ntools:\n  a:\n    rules:\n      - conditions: [{path: args.a, op: regex, value: "("}]\n';
    const files = [{ name: 'policy.yaml', text }];
    const result = await compilePolicy(files, { opa: (await open()).run });
    expect(result).toEqual(await compilePolicy(files));
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'bad-pattern' }] });
  });
});

describe('the binary', () => {
  const BAD = [module('../a.rego', 'package a\n\nx = = 1\n'), module('regent/b.rego', 'package b\n')];

  test('formats, leaves hand-written modules as they are, and names modules by their own paths', async () => {
    const { run } = await open();
    const loose = 'package a\nx   :=  1\n';
    const given = [{ ...module('b.rego', loose), verbatim: true }, module('/abs/a.rego', loose)];
    expect(await formatRego(given, run)).toEqual({
      ok: true,
      modules: [module('/abs/a.rego', 'package a\n\nx := 1\n'), given[0]],
    });
    expect(await formatRego(BAD, run)).toMatchObject({
      ok: false,
      problems: [{ file: '../a.rego', row: 3 }, {}],
    });
  });

  test('checks strictly', async () => {
    const { run } = await open();
    expect(await checkRego(BAD, run)).toMatchObject([{ file: '../a.rego', row: 3, col: 5 }, {}]);
    const unused = [module('a.rego', 'package a\n\nimport data.b\n')];
    expect(await checkRego(unused, run)).toEqual(await checkRego(unused));
    expect(await checkRego([module('a.rego', 'package a\n')], run)).toEqual([]);
  });

  test('runs tests and tells of them as the built-in tester does', async () => {
    const { run } = await open();
    const text = `package a_test

test_passes if 1 == 1

test_fails if 1 == 2

todo_test_skipped if 1 == 1

test_table[note] if {
	some note, value in {"one": 1, "two": 2}
	value == 1
}

test_conflict if x == 1

x := 1 if true

x := 2 if true
`;
    const modules = [module('../tests/a_test.rego', text)];
    const own = await testRego(modules, { coverage: true });
    const theirs = await testRego(modules, { coverage: true }, run);
    if (!own.ok || !theirs.ok) throw new Error('the tests did not run');
    const placeOf = ({ file, row, package: pack, name, passed }: (typeof own.tests)[number]) =>
      [file, row, pack, name, passed].join(' ');
    expect(theirs.tests.map(placeOf).sort()).toEqual(own.tests.map(placeOf).sort());
    expect(theirs.tests.filter(({ passed }) => !passed)).toHaveLength(4);
    expect(theirs.coverage).toEqual(own.coverage);
    expect(await testRego(BAD, {}, run)).toMatchObject({ ok: false, problems: [{ file: '../a.rego' }, {}] });
  });
});

describe('a binary that does not do its work', () => {
  const request = {
    modules: [module('regent/a.rego', 'package regent.a\n\nx := 1\n')],
    data: {},
    entrypoints: ['regent/a/x'],
    revision: 'r',
    metadata: {},
  };
  const CAPABILITIES = 'if [ "$1" = capabilities ]; then echo \'{"builtins": []}\'; exit 0; fi';

  test.each([
    ['is not there', () => '/nowhere/opa', /^there is no program \/nowhere\/opa$/],
    ['may not be executed', () => path.join(ROOT, 'README.md'), /README\.md may not be executed$/],
    ['is another program', () => '/bin/true', /does not tell its version: it is no opa$/],
  ])('%s', async (_, file, message) => {
    const failure = { code: 'binary-unusable', message: expect.stringMatching(message) };
    await expect(openOpaBinary(file())).rejects.toMatchObject(failure);
  });

  test('never tells its version', async () => {
    const file = path.join(temporaryFolder(), 'opa');
    writeFileSync(file, '#!/bin/sh\nsleep 60\n', { mode: 0o755 });
    await expect(openOpaBinary(file, { versionTimeoutMs: 500 })).rejects.toMatchObject({
      code: 'timed-out',
      message: `${file} version was not done after 0.5 s`,
    });
  });

  test.each([
    ['never ends', `${CAPABILITIES}\nsleep 60`, 'timed-out', /opa build was not done after 2 s$/],
    ['is killed', `${CAPABILITIES}\nkill -9 $$`, 'crashed', /opa build was ended by SIGKILL$/],
    ['writes no bundle', `${CAPABILITIES}\nexit 0`, 'bad-answer', /wrote no bundle$/],
    ['knows no capabilities', 'echo no', 'bad-answer', /did not print capabilities$/],
  ])('%s', async (_, script, code, message) => {
    const { run } = await openOpaBinary(pretend(script), { timeoutMs: 2000 });
    await expect(buildBundle(request, run)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('fails with a text of its own: the text is the problem, and no bundle is made', async () => {
    const { run } = await openOpaBinary(pretend(`${CAPABILITIES}\necho 'disk full' >&2; exit 1`));
    const built = await buildBundle(request, run);
    expect(built).toMatchObject({ ok: false, problems: [{ code: 'opa', message: 'disk full' }] });
  });

  test('is told nothing of the environment, and leaves no files behind', async () => {
    vi.stubEnv('OPA_BUILD_TARGET', 'rego');
    vi.stubEnv('SECRET', 'x');
    const folder = temporaryFolder();
    const binary = pretend(`${CAPABILITIES}\nenv >&2; exit 1`);
    vi.stubEnv('TMPDIR', folder);
    const { run } = await openOpaBinary(binary);
    const built = await buildBundle(request, run);
    vi.unstubAllEnvs();
    const told = built.ok ? '' : (built.problems[0]?.message ?? '');
    expect(told).toContain('GOGC=');
    expect(told).not.toMatch(/OPA_|SECRET|HOME/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
