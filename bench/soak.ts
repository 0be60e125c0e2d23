// 100,000 calls through one sidecar: its memory stays level and no file descriptor is left over. Reads /proc, so Linux only.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchClient, startBenchClient } from './bench-client.ts';
import { regentTarget } from './shapes.ts';
import { printTable } from './table.ts';
import type { Workspace } from './workspace.ts';

const STEP = 20_000;
const STEPS = 5;
/** Level: the last three fifths of the calls add less than this to what the first two fifths needed. */
const GROWTH_MAX = 1.1;

export async function benchSoak(workspace: Workspace): Promise<void> {
  const client = await startBenchClient(regentTarget('normal', join(workspace.folder, 'soak.db'), workspace));
  try {
    await client.callTogether('counted', 1000, 32);
    const descriptorsBefore = countDescriptors(client);
    const memory: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      await client.callTogether('counted', STEP, 32);
      memory.push(residentMegabytes(client));
    }
    report(memory, descriptorsBefore, countDescriptors(client));
  } finally {
    await client.close();
  }
}

function report(memory: readonly number[], before: number, after: number): void {
  const rows = memory.map((megabytes, step) => [
    `resident after ${(step + 1) * STEP} calls`,
    `${megabytes.toFixed(1)} MB`,
    '',
  ]);
  const growth = (memory.at(-1) ?? 0) / (memory[1] ?? 1);
  rows.push(['growth from 40000 to 100000 calls', growth.toFixed(2), growth <= GROWTH_MAX ? 'ok' : 'MISSED']);
  rows.push(['file descriptors before and after', `${before} ${after}`, after <= before ? 'ok' : 'MISSED']);
  printTable(['soak', 'value', `target: growth <= ${GROWTH_MAX}`], rows);
}

function countDescriptors({ pid }: BenchClient): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function residentMegabytes({ pid }: BenchClient): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
