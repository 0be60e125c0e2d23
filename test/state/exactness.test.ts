// Invariant 6, no cap is ever passed: several processes on one state file, some of them killed at random moments.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { openSqlFile } from './sql-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PAYER = fileURLToPath(new URL('../../dist/test/state/payer.js', import.meta.url));
const PROCESSES = 4;

interface Payments {
  readonly cap: number;
  readonly amount: number;
  readonly payments: number;
}

describe('invariant 6: four processes paying from one budget', () => {
  test.each([
    ['stop exactly at the cap when the amounts divide it', { cap: 8000 * 125, amount: 125 }, 8000],
    ['stop below the cap when they do not', { cap: 8000 * 125 + 124, amount: 125 }, 8000],
    ['all pay where the cap allows it', { cap: Number.MAX_SAFE_INTEGER, amount: 900_719_925_474 }, 10_000],
  ])('%s', async (_, { cap, amount }, expected) => {
    const file = join(temporaryFolder(), 'state.db');
    const children = startPayers(file, { cap, amount, payments: 10_000 / PROCESSES });
    const allowed = await Promise.all(children.map(printed));
    expect(allowed.reduce((total, count) => total + count, 0)).toBe(expected);
    expect(await accounts(file)).toEqual({ spent: expected * amount, calls: expected, rows: 10_000 });
  });

  test('lose and invent nothing when they are killed at random moments', async () => {
    const file = join(temporaryFolder(), 'state.db');
    // On a busy machine the first ones may be killed before they have made its tables.
    await (await openSqliteStore({ file, durability: 'normal' })).close();
    const cap = 8000 * 125;
    const endless = { cap, amount: 125, payments: 1_000_000 };
    for (let round = 0; round < 5; round += 1) {
      const children = startPayers(file, endless);
      await Promise.all(children.map((child) => killAfter(child, 150 + Math.random() * 250)));
      const { spent, calls } = await accounts(file);
      expect(spent).toBe(calls * 125);
      expect(spent).toBeLessThanOrEqual(cap);
    }
    const last = startPayers(file, { ...endless, payments: 2000 });
    await Promise.all(last.map(printed));
    expect((await accounts(file)).spent).toBe(cap);
  });

  test('make one file when they start together', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const payment = { cap: 100, amount: 1, payments: 1 };
    const children = [...startPayers(file, payment), ...startPayers(file, payment)];
    expect(await Promise.all(children.map(printed))).toEqual(children.map(() => 1));
    expect(await accounts(file)).toEqual({ spent: 8, calls: 8, rows: 8 });
  });
});

function startPayers(file: string, { cap, amount, payments }: Payments): ChildProcess[] {
  if (!existsSync(PAYER)) throw new Error('dist/test/state/payer.js is missing: run make build');
  return Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, [PAYER, file, ...[cap, amount, payments].map(String)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
}

async function printed(child: ChildProcess): Promise<number> {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(0);
  return Number(output);
}

async function killAfter(child: ChildProcess, delayMs: number): Promise<void> {
  const closed = new Promise((resolve) => child.on('close', resolve));
  await sleep(delayMs);
  child.kill('SIGKILL');
  await closed;
}

/** The counters, once they are known to be the sum of the charges that the journal's rows name. */
async function accounts(file: string): Promise<{ spent: number; calls: number; rows: number }> {
  expect(await integrity(file)).toBe('ok');
  const store = await openSqliteStore({ file, durability: 'normal', mustExist: true });
  const [spent, calls] = await store.read(['spent', 'calls']);
  const entries = await store.list({});
  const paid = entries.filter(({ outcome }) => outcome === 'allow');
  await store.close();
  expect(spent).toMatchObject({ value: charged(paid, 'spent'), version: paid.length });
  expect(calls).toMatchObject({ value: charged(paid, 'calls'), version: paid.length });
  return { spent: spent?.value ?? 0, calls: calls?.value ?? 0, rows: entries.length };
}

function charged(paid: Awaited<ReturnType<StateStore['list']>>, counter: string): number {
  return paid
    .flatMap(
      ({ output }) => (JSON.parse(output) as { charges: { counter: string; amount: number }[] }).charges,
    )
    .filter((charge) => charge.counter === counter)
    .reduce((total, { amount }) => total + amount, 0);
}

async function integrity(file: string): Promise<unknown> {
  const database = openSqlFile(file);
  const [row] = await database.all<{ integrity_check: string }>('PRAGMA integrity_check');
  await database.close();
  return row?.integrity_check;
}
