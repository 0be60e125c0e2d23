// HTTP in front of HTTP: Regent beside a plain reverse proxy with one bare insert, in turns. Then 100,000 requests and
// 1,000 sessions: its memory stays level.
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpBenchClient, type HttpBenchClient } from './http-client.ts';
import { playRounds } from './rounds.ts';
import { copySampleState, sampleFile } from './sample-state.ts';
import { medianOf, type Percentiles, percentilesOf } from './statistics.ts';
import { judge, printTable } from './table.ts';
import type { Workspace } from './workspace.ts';

const ROUNDS = 20;
const CALLS_IN_TURN = 150;
const CALLS_TOGETHER = 1000;
const CONCURRENCY = 32;
const ADDED_TARGET = 1.5;
const THROUGHPUT_TARGET = 2 / 3;
const GROWTH_MAX = 1.1;

interface Row {
  readonly name: string;
  readonly durability: string;
  readonly tool: string;
  readonly client: HttpBenchClient;
  readonly inTurn: Percentiles[];
  readonly perSecond: number[];
}

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
}

export async function benchHttp(workspace: Workspace): Promise<void> {
  await copySampleState(workspace);
  const running: Running[] = [];
  const start = async (...command: string[]): Promise<Running> => {
    const started = await startListening(command, workspace);
    running.push(started);
    return started;
  };
  try {
    const upstream = await start(script('http-upstream'));
    const rows = [row('direct', '', 'plain', upstream.url)];
    rows.push(row('proxy', '', 'plain', (await start(script('plain-proxy'), upstream.url)).url));
    for (const durability of ['normal', 'full']) {
      for (const tool of ['plain', 'counted']) {
        const state = join(workspace.folder, `http-${durability}-${tool}.db`);
        copyFileSync(sampleFile(workspace), state);
        const bar = await start(script('plain-proxy'), upstream.url, durability, state, tool);
        rows.push(row('proxy+write', durability, tool, bar.url));
      }
      const regent = await start(...regentCommand(upstream.url, durability, workspace));
      for (const tool of ['plain', 'counted']) rows.push(row('regent', durability, tool, regent.url));
    }
    await measure(rows);
    report(rows);
    console.log('');
    await soak(running.at(-1), rows.at(-1)?.client);
    for (const { client } of rows) client.close();
  } finally {
    for (const { child } of running) child.kill('SIGTERM');
  }
}

function script(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

function regentCommand(url: string, durability: string, { regent, policy, folder }: Workspace): string[] {
  const state = join(folder, `http-regent-${durability}.db`);
  const flags = ['--state', state, '--durability', durability, '--log-level', 'warn'];
  return [regent, '-c', policy, ...flags, '--listen', '127.0.0.1:0', '--upstream', url];
}

function startListening(command: readonly string[], { env }: Workspace): Promise<Running> {
  const options = { stdio: ['ignore', 'ignore', 'pipe'] as const, env: { ...process.env, ...env } };
  const child = spawn(process.execPath, command, { ...options, stdio: [...options.stdio] });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (part: Buffer) => {
      said += part.toString();
      const url = /listening on (\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve({ url, child });
    });
    child.once('exit', () => reject(new Error(`${command.join(' ')} ended: ${said}`)));
  });
}

function row(name: string, durability: string, tool: string, url: string): Row {
  return { name, durability, tool, client: createHttpBenchClient(url), inTurn: [], perSecond: [] };
}

async function measure(rows: readonly Row[]): Promise<void> {
  for (const { client, tool } of rows) await client.callTogether(tool, 2000, CONCURRENCY);
  const bursts = rows.map(({ client, tool, inTurn, perSecond }) => ({
    inTurn: async () => {
      await client.callInTurn(tool, 10);
      inTurn.push(percentilesOf(await client.callInTurn(tool, CALLS_IN_TURN)));
    },
    together: async () => {
      perSecond.push(await client.callTogether(tool, CALLS_TOGETHER, CONCURRENCY));
    },
  }));
  await playRounds(ROUNDS, bursts);
}

function report(rows: readonly Row[]): void {
  const p50 = ({ inTurn }: Row): number => medianOf(inTurn.map((burst) => burst.p50));
  const direct = p50(rows[0] as Row);
  printTable(
    [
      'HTTP in µs',
      'durability',
      'tool',
      'p50',
      'p95',
      'p99',
      'added p50',
      'requests/s at 32',
      'added / proxy+write',
      'requests/s / proxy+write',
    ],
    rows.map((one) => {
      const bar = rows.find(
        (other) =>
          one.name === 'regent' &&
          other.name === 'proxy+write' &&
          other.durability === one.durability &&
          other.tool === one.tool,
      );
      const perSecond = medianOf(one.perSecond);
      const rest = [95, 99].map((rank) => medianOf(one.inTurn.map((burst) => burst[`p${rank}` as 'p95'])));
      const numbers = [p50(one), ...rest, p50(one) - direct, perSecond].map((value) => value.toFixed(0));
      if (bar === undefined) return [one.name, one.durability, one.tool, ...numbers];
      const added = (p50(one) - direct) / (p50(bar) - direct);
      const throughput = perSecond / medianOf(bar.perSecond);
      const ratios = [
        judge(added, 2, added <= ADDED_TARGET),
        judge(throughput, 2, throughput >= THROUGHPUT_TARGET),
      ];
      return [one.name, one.durability, one.tool, ...numbers, ...ratios];
    }),
  );
  console.log(
    `Targets: added p50 at most ${ADDED_TARGET} times, requests/s at least two thirds of proxy+write's.`,
  );
}

async function soak(regent: Running | undefined, client: HttpBenchClient | undefined): Promise<void> {
  if (regent === undefined || client === undefined) throw new Error('nothing runs');
  const memory: number[] = [];
  for (let step = 0; step < 5; step++) {
    for (let session = 0; session < 200; session++) await client.openSession();
    await client.callTogether('counted', 20_000, CONCURRENCY);
    const status = readFileSync(`/proc/${regent.child.pid}/status`, 'utf8');
    memory.push(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
  }
  const growth = (memory.at(-1) ?? 0) / (memory[1] ?? 1);
  const rows = memory.map((megabytes, step) => [
    `resident after ${(step + 1) * 20_000} requests, ${(step + 1) * 200} sessions`,
    `${megabytes.toFixed(1)} MB`,
    '',
  ]);
  rows.push(['growth from 40000 requests on', growth.toFixed(2), judge(growth, 2, growth <= GROWTH_MAX)]);
  printTable(['HTTP soak', 'value', `target: growth <= ${GROWTH_MAX}`], rows);
}
