// Runs the official conformance suite against the reference server and with the reference client, direct and through
// Regent, and compares every check: an agent must not be able to tell that Regent is there. `make conformance`.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compareChecks, countPassed, readChecks } from './checks.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const REGENT = path.join(ROOT, 'dist/src/cli/main.js');
const REFERENCE_SERVER = path.join(ROOT, 'dist/test/fixtures/reference-server/main.js');
const REFERENCE_CLIENT = path.join(ROOT, 'dist/test/fixtures/reference-client.js');
const SUITE = path.join(ROOT, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const PRELOAD = path.join(import.meta.dirname, 'preload.js');

const VERSIONS = ['2025-06-18', '2025-11-25', '2026-07-28'] as const;

/** A child keeps no events, so that nothing can be resumed: the suite leaves these checks out. */
const WITHOUT_EVENT_STORE = /^server-sse-polling\b/;
/** OAuth is the upstream's: docs/operations.md says which of these pass in which mode. */
const AUTHORIZATION = /^auth\//;

const folder = mkdtempSync(path.join(tmpdir(), 'regent-conformance-'));
const running: ChildProcess[] = [];
let differences = 0;

try {
  const policy = path.join(folder, 'allow.yaml');
  writeFileSync(policy, 'version: "1"\ndefault: allow\n');
  const regent = [process.execPath, REGENT, '-c', policy, '--state', path.join(folder, 'state.db')];
  const direct = await listen([process.execPath, REFERENCE_SERVER, '--port', '0']);
  const overHttp = await listen([...regent, '--listen', '127.0.0.1:0', '--upstream', direct]);
  const overStdio = await listen([
    ...[...regent, '--listen', '127.0.0.1:0', '--'],
    ...[process.execPath, REFERENCE_SERVER, '--stdio'],
  ]);
  for (const version of VERSIONS) {
    const expected = await runServerScenarios(direct, version);
    report('HTTP -> HTTP', version, expected, await runServerScenarios(overHttp, version));
    const withoutStore = (checks: Checks): Checks =>
      checks.filter(({ scenario }) => !WITHOUT_EVENT_STORE.test(scenario));
    const through = withoutStore(await runServerScenarios(overStdio, version));
    report('HTTP -> stdio', version, withoutStore(expected), through);
    const client = [process.execPath, REFERENCE_CLIENT];
    report(
      'stdio -> HTTP',
      version,
      await runClientScenarios(client, version),
      await runClientScenarios([...client, '--through', '--', ...regent, '--upstream'], version),
    );
  }
} finally {
  for (const child of running) child.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = differences === 0 ? 0 : 1;

type Checks = ReturnType<typeof readChecks>;

function report(leg: string, version: string, direct: Checks, through: Checks): void {
  const found = compareChecks(direct, through);
  const failed = direct.filter(({ status }) => status === 'FAILURE');
  differences += found.length + failed.length;
  const verdict = found.length === 0 ? 'equal' : 'DIFFERENT';
  const counts = `direct ${countPassed(direct)}  through ${countPassed(through)}`;
  process.stdout.write(`${leg.padEnd(14)} ${version}  ${counts}  ${verdict}\n`);
  for (const line of found) process.stdout.write(`    ${line}\n`);
  for (const { scenario, id } of failed)
    process.stdout.write(`    the reference itself fails: ${scenario} ${id}\n`);
}

async function runServerScenarios(url: string, version: string): Promise<Checks> {
  return runSuite(['server', '--url', url, '--suite', 'all', '--spec-version', version]);
}

async function runClientScenarios(command: readonly string[], version: string): Promise<Checks> {
  const checks = await runSuite([
    ...['client', '--command', command.join(' ')],
    ...['--suite', 'all', '--spec-version', version],
  ]);
  return checks.filter(({ scenario }) => !AUTHORIZATION.test(scenario));
}

async function runSuite(args: readonly string[]): Promise<Checks> {
  const output = mkdtempSync(path.join(folder, 'run-'));
  const command = ['--import', PRELOAD, SUITE, ...args, '-o', output];
  const suite = spawn(process.execPath, command, { stdio: 'ignore', cwd: ROOT });
  await new Promise((resolve) => suite.once('close', resolve));
  return readChecks(output);
}

/** Starts a server that says on stderr where it listens. */
async function listen([file = '', ...args]: readonly string[]): Promise<string> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: ROOT });
  running.push(child);
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /listening on (\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`a server ended instead of listening: ${said}`)));
  });
}
