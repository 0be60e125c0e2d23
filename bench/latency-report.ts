// The latency table: every shape, and beside Regent's numbers what they are measured against.
import type { Measured } from './latency.ts';
import type { Shape } from './shapes.ts';
import { judge, printTable } from './table.ts';

const ADDED_TARGET = 1.35;

export function reportLatency(measured: readonly Measured[]): void {
  const direct = measured.find(({ shape }) => shape.kind === 'direct');
  if (direct === undefined) throw new Error('the bare server was not measured');
  const head = ['latency in µs', 'durability', 'p50', 'p95', 'p99', 'added p50', 'calls/s at 32'];
  printTable(
    [...head, 'added / relay+write', 'calls/s / relay+write'],
    measured.map((row) => {
      const added = row.p50 - direct.p50;
      const numbers = [row.p50, row.p95, row.p99, added, row.callsPerSecond].map((value) => value.toFixed(0));
      const bar = findBar(measured, row.shape);
      const ratios = bar === undefined ? [] : compare(row, bar, direct);
      return [row.shape.name, row.shape.durability ?? '', ...numbers, ...ratios];
    }),
  );
  console.log(`Targets: added p50 at most ${ADDED_TARGET} times, calls/s at least 1 times relay+write's.`);
}

function findBar(measured: readonly Measured[], { bar, durability }: Shape): Measured | undefined {
  return measured.find(({ shape }) => shape.name === bar && shape.durability === durability);
}

function compare(row: Measured, bar: Measured, direct: Measured): string[] {
  const added = (row.p50 - direct.p50) / (bar.p50 - direct.p50);
  const throughput = row.callsPerSecond / bar.callsPerSecond;
  return [judge(added, 2, added <= ADDED_TARGET), judge(throughput, 2, throughput >= 1)];
}
