// An organisation's own `opa` in place of the built-in one: for build, format, check and test.
//
//   request ─▶ files in a temporary folder ─▶ opa build, and opa check where people wrote some ─▶ bundle
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type OpaAnswer, OpaError, type OpaRequest, type OpaRunner, runOpa } from '../run-opa.ts';
import { isTestedVersion, readOpaVersion, TESTED_VERSIONS } from './opa-version.ts';
import { readProblems } from './read-problems.ts';
import { readTests } from './read-tests.ts';
import { type BinaryEnd, runBinary } from './run-binary.ts';
import { readBuilt, type SourceFolder, withSources } from './source-folder.ts';
import { wasmCapabilities } from './wasm-capabilities.ts';

export interface OpaBinary {
  /** All that `opa version` prints: other builds of one version may build other bundles. */
  readonly identity: string;
  readonly run: OpaRunner;
}

export interface BinaryOptions {
  /** Of one command; five minutes by default. */
  readonly timeoutMs?: number;
  /** Of `opa version`, which takes no time: half a minute by default, for a machine that is very busy. */
  readonly versionTimeoutMs?: number;
}

/** Throws `OpaError` where the file is no `opa` of a tested version. */
export async function openOpaBinary(
  file: string,
  { timeoutMs = 5 * 60_000, versionTimeoutMs = 30_000 }: BinaryOptions = {},
): Promise<OpaBinary> {
  const binary = path.resolve(file);
  const command: Command = (args, folder) => runBinary(binary, args, { folder, timeoutMs });
  const asked = { folder: path.dirname(binary), timeoutMs: versionTimeoutMs };
  const { stdout } = await runBinary(binary, ['version'], asked);
  const version = readOpaVersion(stdout);
  if (version === null)
    throw new OpaError('binary-unusable', `${file} does not tell its version: it is no opa`);
  if (!isTestedVersion(version)) {
    throw new OpaError(
      'version-untested',
      `${file} is opa ${version}, and Regent is tested with opa ${TESTED_VERSIONS}; take one of these, or leave --opa out: Regent brings its own`,
    );
  }
  return { identity: stdout, run: (request) => answer(request, command) };
}

type Command = (args: readonly string[], folder: string) => Promise<BinaryEnd>;

/** What the binary has no command for is asked of the built-in OPA. */
function answer(request: OpaRequest, command: Command): Promise<OpaAnswer> {
  const { operation, modules = [] } = request;
  switch (operation) {
    case 'build':
      return build(request, command);
    case 'format':
      return withSources(modules, (folder) => format(folder, command));
    case 'check':
      return withSources(modules, async (folder) => {
        const end = await command(['check', '--strict', '--format', 'json', '.'], folder.sources);
        return end.exitCode === 0 ? {} : { problems: readProblems(end, folder) };
      });
    case 'test':
      return test(request, command);
    default:
      return runOpa(request);
  }
}

async function build(request: OpaRequest, command: Command): Promise<OpaAnswer> {
  const { modules = [], patterns = [] } = request;
  const tested = modules.filter((module) => !module.path.endsWith('_test.rego'));
  // The binary has no way to say what is wrong with an expression.
  const asked: OpaAnswer | Promise<OpaAnswer> =
    patterns.length === 0 ? {} : runOpa({ operation: 'patterns', patterns });
  const [built, { patternErrors = [] }] = await Promise.all([
    withSources(tested, (folder) => buildIn(folder, request, command)),
    asked,
  ]);
  return { ...built, patternErrors };
}

async function buildIn(folder: SourceFolder, request: OpaRequest, command: Command): Promise<OpaAnswer> {
  await writeSurroundings(folder, request, await command(['capabilities', '--current'], folder.folder));
  const capabilities = ['--capabilities', '../capabilities.json'];
  const entrypoints = (request.entrypoints ?? []).flatMap((name) => ['-e', name]);
  const output = ['--revision', request.revision ?? '', '-o', '../bundle.tar.gz'];
  // As build.go has it: strictness is for people's Rego.
  const isStrict = request.modules?.some(({ verbatim }) => verbatim === true) === true;
  const ends = await Promise.all([
    ...(isStrict
      ? [command(['check', '--strict', '--format', 'json', ...capabilities, '.'], folder.sources)]
      : []),
    command(['build', '-b', '-t', 'wasm', ...capabilities, ...entrypoints, ...output, '.'], folder.sources),
  ]);
  const failed = ends.find(({ exitCode }) => exitCode !== 0);
  if (failed !== undefined) return { problems: readProblems(failed, folder) };
  const bundle = await readBuilt(path.join(folder.folder, 'bundle.tar.gz'));
  return { bundle: bundle.toString('base64') };
}

async function writeSurroundings(
  { folder, sources }: SourceFolder,
  { modules = [], data = {}, metadata }: OpaRequest,
  { stdout }: BinaryEnd,
): Promise<void> {
  // As build.go has it: the rest of `system` is left to whoever else keeps something there.
  const hasLog = modules.some(({ text }) => /^package system\.log$/m.test(text));
  const manifest = { roots: hasLog ? ['regent', 'system/log'] : ['regent'], rego_version: 1, metadata };
  await writeFile(path.join(folder, 'capabilities.json'), wasmCapabilities(stdout));
  await writeFile(path.join(sources, 'data.json'), JSON.stringify(data));
  await writeFile(path.join(sources, '.manifest'), JSON.stringify(manifest));
}

async function format(folder: SourceFolder, command: Command): Promise<OpaAnswer> {
  if (folder.formattable.length > 0) {
    const end = await command(['fmt', '--write', ...folder.formattable], folder.sources);
    if (end.exitCode !== 0) return { problems: readProblems(end, folder) };
  }
  return { modules: await folder.readModules() };
}

/** What the tests have evaluated is measured by the built-in tester: the binary tells of lines only. */
async function test({ modules = [], coverage = false }: OpaRequest, command: Command): Promise<OpaAnswer> {
  const answered = await withSources(modules, async (folder): Promise<OpaAnswer> => {
    const end = await command(['test', '--format', 'json', '.'], folder.sources);
    // 2: a test failed.
    if (end.exitCode === 0 || end.exitCode === 2) return { tests: readTests(end.stdout, folder) };
    return { problems: readProblems(end, folder) };
  });
  if (!coverage || answered.problems !== undefined) return answered;
  const measured = await runOpa({ operation: 'test', modules, coverage });
  return { ...answered, coverage: measured.coverage ?? [] };
}
