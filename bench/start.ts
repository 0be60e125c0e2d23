// How long Regent takes to be ready beside an empty Node program, and to check and compile a policy from nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { medianOf } from './statistics.ts';
import { judge, printTable } from './table.ts';
import type { Workspace } from './workspace.ts';

const ROUNDS = 15;
const COLD_ROUNDS = 3;
const START_TARGET = 8;
const COLD_TARGET_S = 2.5;
const FINANCE = fileURLToPath(new URL('../../policies/finance/policy.yaml', import.meta.url));

// A shell answers at once, so that what is measured is Regent and not the start of a second Node.
const ANSWER =
  '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}}';
const SHELL_SERVER = ['/bin/sh', '-c', `read line; echo '${ANSWER}'; read line`];
const INITIALIZE =
  '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},' +
  '"clientInfo":{"name":"bench","version":"1"}}}\n';

export async function benchStart(workspace: Workspace): Promise<void> {
  const flags = ['-c', FINANCE, '--state', join(workspace.folder, 'start.db')];
  const ready = (): Promise<number> =>
    timeToReady([workspace.regent, ...flags, '--', ...SHELL_SERVER], workspace.env);
  await ready();
  const empty: number[] = [];
  const starts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    empty.push(await timeToExit(['-e', '0'], {}));
    starts.push(await ready());
  }
  const cold: number[] = [];
  for (let round = 0; round < COLD_ROUNDS; round++) cold.push(await validateAndCompile(workspace));

  const ratio = medianOf(starts) / medianOf(empty);
  const coldS = medianOf(cold) / 1000;
  printTable(
    ['start', 'ms', 'times node -e 0', 'target'],
    [
      ['node -e 0', medianOf(empty).toFixed(0), '', ''],
      [
        'Regent ready, bundle cached',
        medianOf(starts).toFixed(0),
        judge(ratio, 1, ratio <= START_TARGET),
        `<= ${START_TARGET}`,
      ],
      ['validate + compile, cold', judge(coldS * 1000, 0, coldS <= COLD_TARGET_S), '', 'about 2000 ms'],
    ],
  );
}

async function validateAndCompile(workspace: Workspace): Promise<number> {
  const home = mkdtempSync(join(workspace.folder, 'home-'));
  const validate = await timeToExit([workspace.regent, 'validate', '-c', FINANCE], { HOME: home });
  const out = join(home, 'bundle.tar.gz');
  const freshHome = mkdtempSync(join(workspace.folder, 'home-'));
  return (
    validate +
    (await timeToExit([workspace.regent, 'compile', '-c', FINANCE, '-o', out], { HOME: freshHome }))
  );
}

function timeToExit(args: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = startNode(args, env);
    child.stdin?.end();
    child.on('exit', (code) => {
      if (code === 0) resolve(performance.now() - start);
      else reject(new Error(`node ${args.join(' ')} ended with code ${code}`));
    });
  });
}

function timeToReady(args: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = startNode(args, env);
    let took: number | null = null;
    child.stdin?.write(INITIALIZE);
    child.stdout?.once('data', () => {
      took = performance.now() - start;
      child.stdin?.end();
    });
    child.on('exit', (code) => {
      if (took === null) reject(new Error(`Regent ended with code ${code} before it was ready`));
      else resolve(took);
    });
  });
}

function startNode(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
}
