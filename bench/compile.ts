// How long policies of 100 and 1,000 tools with five rules each take to compile, by the built-in OPA and by a binary, and how
// much memory; and how fast the machine is just then.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bigPolicy } from './big-policy.ts';
import { judge, printTable } from './table.ts';
import type { Workspace } from './workspace.ts';

const OPA = fileURLToPath(new URL('../tools/opa', import.meta.url));

interface Shape {
  readonly tools: number;
  readonly opa: boolean;
  readonly targetS: number;
}

const SHAPES: readonly Shape[] = [
  { tools: 100, opa: false, targetS: 2 },
  { tools: 1000, opa: false, targetS: 60 },
  { tools: 1000, opa: true, targetS: 10 },
];

export async function benchCompile(workspace: Workspace): Promise<void> {
  if (!existsSync(OPA)) throw new Error('there is no opa to measure; run: make dist/tools/opa');
  const rows = SHAPES.map((shape) => measure(workspace, shape));
  printTable(['compile', 's', 'CPU s', 'largest process MB', 'target s'], rows);
  console.log(
    `load ${loadavg()[0]?.toFixed(1)}; a thousand million additions took ${calibrate().toFixed(1)} s of CPU`,
  );
}

function measure({ folder, regent, env }: Workspace, { tools, opa, targetS }: Shape): string[] {
  const policy = join(folder, `big-${tools}.yaml`);
  writeFileSync(policy, bigPolicy(tools));
  const args = ['compile', '-c', policy, '-o', join(folder, 'big.tar.gz'), ...(opa ? ['--opa', OPA] : [])];
  const start = performance.now();
  // Usage of processes that have ended is told to their parent alone: it is read in one of its own.
  const told = spawnSync(process.execPath, ['-e', MEASURED, regent, ...args], { env, encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  const [cpu = '', memory = ''] = told.stdout.trim().split(' ');
  if (told.status !== 0) throw new Error(told.stderr);
  const name = `${tools} tools, ${opa ? 'opa binary' : 'built in'}`;
  return [name, judge(seconds, 1, seconds <= targetS), cpu, memory, `< ${targetS}`];
}

/** `/proc` is read while it runs: the largest process below it, and the CPU time of all once they have ended. */
const MEASURED = `
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const child = spawn(process.execPath, process.argv.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
let largest = 0;
const below = (pid) => {
  try {
    const size = /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/' + pid + '/status', 'utf8'));
    largest = Math.max(largest, Number(size?.[1] ?? 0) / 1024);
    for (const task of fs.readdirSync('/proc/' + pid + '/task'))
      for (const next of fs.readFileSync('/proc/' + pid + '/task/' + task + '/children', 'utf8').split(' ').filter(Boolean)) below(next);
  } catch {}
};
const timer = setInterval(() => below(child.pid), 50);
child.on('close', (code) => {
  clearInterval(timer);
  const [, ticks] = /\\) \\S+((?: \\S+){16})/.exec(fs.readFileSync('/proc/self/stat', 'utf8'));
  const [user, system] = ticks.trim().split(' ').slice(12, 14);
  console.log(((Number(user) + Number(system)) / 100).toFixed(1), largest.toFixed(0));
  process.exitCode = code;
});
`;

function calibrate(): number {
  const before = process.cpuUsage();
  let sum = 0;
  for (let index = 0; index < 1e9; index += 1) sum = (sum + index) | 0;
  const { user, system } = process.cpuUsage(before);
  return sum === 1 ? 0 : (user + system) / 1e6;
}
