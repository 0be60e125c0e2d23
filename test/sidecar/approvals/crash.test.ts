// Approved calls run once or never, whatever is killed at whatever moment: the real command, real SQLite, a real server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ApprovalStatus } from '../../../src/approvals/approval.ts';
import { shareBundles } from '../../fixtures/share-bundles.ts';
import { holdPolicy } from './approval-desk.ts';
import { expectAccounts } from './crash-accounts.ts';
import { type Lane, openLane, type Sidecar } from './crash-lane.ts';
import { MOMENTS } from './crash-moments.ts';
import { type PairEnd, playPair } from './crash-pair.ts';
import { playRound, type RoundEnd } from './crash-round.ts';

/** `REGENT_CRASH_ROUNDS=200` plays more, and prints what they found. */
const ROUNDS = Number(process.env.REGENT_CRASH_ROUNDS ?? 60);
const LANES = 8;
const PAIRS = Math.ceil(ROUNDS / 4);
const LIMITS = '      - name: cap\n        rate_limit: 100000/day\n';

function makeHome(rules: string): string {
  const home = mkdtempSync(join(tmpdir(), 'regent-crash-'));
  shareBundles(home);
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  writeFileSync(join(home, 'policy.yaml'), holdPolicy(rules));
  return home;
}

/** The rounds that are the lane's, one after the other; each goes on with the sidecar that the one before started. */
async function playLane(lane: Lane, index: number, first: Sidecar): Promise<RoundEnd[]> {
  const moments = Object.keys(MOMENTS);
  const ends: RoundEnd[] = [];
  let sidecar = first;
  for (let payment = index; payment < ROUNDS; payment += LANES) {
    const moment = moments[Math.floor(payment / LANES + index) % moments.length] ?? '';
    const at = ((payment * 37) % ROUNDS) / ROUNDS;
    const played = await playRound({ lane, sidecar, payment, moment, at });
    ends.push(played.end);
    sidecar = played.sidecar;
  }
  await sidecar.kill();
  return ends;
}

test('an approved call runs once or never, wherever the sidecar or the approver is killed, and is known once it ran', async () => {
  const home = makeHome(LIMITS);
  const first = await openLane(home, 'lane-0');
  const started = await first.start();
  const lanes = await Promise.all(
    Array.from({ length: LANES }, async (_, index) => {
      const lane = index === 0 ? first : await openLane(home, `lane-${index}`);
      const ends = await playLane(lane, index, index === 0 ? started : await lane.start());
      return { lane, ends };
    }),
  );
  for (const { lane, ends } of lanes) {
    for (const end of ends) expectOnceOrNever(end);
    await expectAccounts(lane, ends);
  }
  const ends = lanes.flatMap((lane) => lane.ends);
  expect(ends).toHaveLength(ROUNDS);
  const found = new Set(ends.map(({ status, executed }) => `${status}, run ${executed} times`));
  expect(found).toContain('approved, run 0 times');
  expect(found).toContain('consumed, run 0 times');
  expect(found).toContain('consumed, run 1 times');
  expect(found).toContain('rejected, run 0 times');
  printTable(ends);
}, 600_000);

function expectOnceOrNever(end: RoundEnd): void {
  const { status, executed, statusAtLast, executedAtLast, again } = end;
  const story = JSON.stringify(end);
  if (executed > 0) expect(status, story).toBe('consumed');
  expect([statusAtLast, executedAtLast, again], story).toEqual(endOf(status, executed));
}

/** What the same call, sent again, must come to. */
function endOf(status: ApprovalStatus, executed: number): unknown[] {
  switch (status) {
    case 'approved':
      return ['consumed', 1, 'ran'];
    case 'consumed':
      return ['consumed', Math.min(executed, 1), 'held anew'];
    case 'pending':
      return ['rejected', 0, 'held anew'];
    default:
      return ['rejected', 0, 'denied'];
  }
}

test('a call that two sidecars hold and two people answer at once runs once or never, though one sidecar is killed', async () => {
  const lane = await openLane(makeHome(`        approvals: 2\n${LIMITS}`), 'pair');
  const survivor = await lane.start();
  const ends: PairEnd[] = [];
  for (let payment = 0; payment < PAIRS; payment += 1) {
    const second = payment % 3 === 2 ? 'reject' : 'approve';
    const at = payment / PAIRS;
    ends.push(await playPair({ lane, survivor, killed: await lane.start(), payment, second, at }));
  }
  for (const end of ends) expectOneOrNone(end);
  await survivor.client.close();
  await expectAccounts(lane, ends);
}, 300_000);

/** Two people must agree, so that one who rejects always comes in time. */
function expectOneOrNone({ second, status, executedAtLast, survivorRan }: PairEnd): void {
  if (second === 'reject') {
    expect([status, executedAtLast, survivorRan]).toEqual(['rejected', 0, false]);
    return;
  }
  expect(status).toBe('consumed');
  expect(executedAtLast).toBeLessThanOrEqual(1);
  if (survivorRan) expect(executedAtLast).toBe(1);
}

/** For whoever looks at the run: what the sidecars were killed in. */
function printTable(ends: readonly RoundEnd[]): void {
  if (process.env.REGENT_CRASH_ROUNDS === undefined) return;
  const counts = new Map<string, number>();
  for (const { moment, status, executed, again } of ends) {
    const line = `${moment}: ${status}, run ${executed} times; again: ${again}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  for (const [line, count] of [...counts].sort()) console.log(`${String(count).padStart(4)}  ${line}`);
}
