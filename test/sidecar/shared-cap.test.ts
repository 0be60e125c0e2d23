// Invariant 6, no cap is ever passed: several sidecars on one state file, all paying at once, some killed in between.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { type LineClient, startLineClient } from '../fixtures/line-client.ts';
import { shareBundles } from '../fixtures/share-bundles.ts';
import { openSqlFile } from '../state/sql-file.ts';
import { REGENT } from './guarded-server.ts';

const SIDECARS = 4;
const AMOUNT = '12.50';
/** 800 payments; the first cap that a day's total may reach exactly. */
const CAP = '10000.00';
const CAP_UNITS = 1_000_000;

interface Shared {
  readonly state: string;
  start(): LineClient;
}

function shareState(): Shared {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-shared-'));
  shareBundles(folder);
  const policy = path.join(folder, 'policy.yaml');
  writeFileSync(
    policy,
    `version: "1"\ntools:\n  pay:\n    rules:\n      - name: cap\n        spend: {daily: ${CAP}}\n`,
  );
  const state = path.join(folder, 'state.db');
  const clients: LineClient[] = [];
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
    rmSync(folder, { recursive: true, force: true });
  });
  const server = ['--', process.execPath, fixturePath('echo-server'), '--fast', '--tool', '{"name":"pay"}'];
  const flags = ['-c', policy, '--state', state, '--durability', 'normal', '--log-level', 'silent'];
  return {
    state,
    start: () => {
      const client = startLineClient(process.execPath, [REGENT, ...flags, ...server], {
        env: { HOME: folder },
        timeoutMs: 60_000,
      });
      clients.push(client);
      return client;
    },
  };
}

function sendPayments(client: LineClient, count: number): void {
  for (let id = 1; id <= count; id += 1) {
    const params = `{"name":"pay","arguments":{"amount":${AMOUNT}}}`;
    client.send(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${params}}`);
  }
}

/** What was charged, twice over: by the counter, and by the rows of the journal. */
async function readTotals(state: string): Promise<{ counter: number; journal: number }> {
  const file = openSqlFile(state);
  const [counter] = await file.all<{ value: number }>('SELECT value FROM counters');
  const [journal] = await file.all<{ value: number }>(
    "SELECT ifnull(sum(output ->> '$.charges[0].amount'), 0) AS value FROM journal WHERE outcome = 'allow'",
  );
  await file.close();
  return { counter: counter?.value ?? 0, journal: journal?.value ?? 0 };
}

test('four sidecars that pay at once stop exactly at the cap', async () => {
  const { state, start } = shareState();
  const clients = Array.from({ length: SIDECARS }, start);
  const answers = await Promise.all(
    clients.map(async (client) => {
      sendPayments(client, 500);
      const lines: string[] = [];
      while (lines.length < 500) lines.push(await client.next((line) => line.includes('"id":')));
      return lines;
    }),
  );
  const allowed = answers.flat().filter((line) => !line.includes('"isError":true'));
  expect(allowed).toHaveLength(800);
  expect(await readTotals(state)).toEqual({ counter: CAP_UNITS, journal: CAP_UNITS });
});

test('sidecars that are killed while they pay leave no charge without its row, and never pass the cap', async () => {
  const { state, start } = shareState();
  let executed = 0;
  for (let round = 0; round < 6; round += 1) {
    const clients = Array.from({ length: SIDECARS }, start);
    for (const client of clients) sendPayments(client, 100);
    await clients[0]?.next((line) => line.includes('"id":'));
    await new Promise((resolve) => setTimeout(resolve, 40 * Math.random()));
    for (const client of clients) client.child.kill('SIGKILL');
    await Promise.all(clients.map((client) => client.close()));
    executed += clients.flatMap(({ lines }) => lines).filter((line) => line.includes('"text":"ok"')).length;
    const { counter, journal } = await readTotals(state);
    expect(counter).toBe(journal);
    expect(counter).toBeLessThanOrEqual(CAP_UNITS);
    expect(executed * 1250).toBeLessThanOrEqual(counter);
  }
});
