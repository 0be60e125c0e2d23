// The moments between a human's approval and the answer at which a sidecar, or whoever approves, is killed.
//
//   approved ──▶ seen by the watch ──▶ consumed (one write) ──▶ forwarded ──▶ run by the server ──▶ answered
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerApproval } from '../../../src/approvals/answer-approval.ts';
import type { ApprovalStatus } from '../../../src/approvals/approval.ts';
import { openSqlFile } from '../../state/sql-file.ts';
import { REGENT } from '../guarded-server.ts';
import type { Lane, Sidecar } from './crash-lane.ts';

export interface Crash {
  readonly lane: Lane;
  readonly sidecar: Sidecar;
  readonly payment: number;
  readonly approvalId: string;
  /** From 0 to below 1: where in its span the moment is. */
  readonly at: number;
}

/** Answers the request and kills the sidecar, at its moment. */
type Moment = (crash: Crash) => Promise<void>;

/** The watch looks every 40 ms. */
const WATCH_MS = 60;

export const MOMENTS: Readonly<Record<string, Moment>> = {
  'while the approval is written': async (crash) => {
    const approved = answer(crash, 'approve');
    await sleep(crash.at * 3);
    await Promise.all([approved, crash.sidecar.kill()]);
  },
  'at any time after the approval': async (crash) => {
    await answer(crash, 'approve');
    await sleep(crash.at * WATCH_MS);
    await crash.sidecar.kill();
  },
  'while the write that uses it waits for the lock': async (crash) => {
    const file = openSqlFile(crash.lane.stateFile);
    await answer(crash, 'approve');
    await file.run('BEGIN IMMEDIATE');
    await sleep(WATCH_MS + crash.at * WATCH_MS);
    await crash.sidecar.kill();
    await file.run('ROLLBACK');
    await file.close();
  },
  'as soon as it is used': async (crash) => {
    await answer(crash, 'approve');
    await whenUsed(crash);
    await sleep(crash.at * 2);
    await crash.sidecar.kill();
  },
  'before the server reads the call, which ends with it': async (crash) => {
    process.kill(crash.sidecar.serverPid, 'SIGSTOP');
    await answer(crash, 'approve');
    await whenUsed(crash);
    await sleep(crash.at * 10);
    const killed = crash.sidecar.kill();
    process.kill(crash.sidecar.serverPid, 'SIGKILL');
    await killed;
  },
  'before the server reads the call, which lives on': async (crash) => {
    process.kill(crash.sidecar.serverPid, 'SIGSTOP');
    await answer(crash, 'approve');
    await whenUsed(crash);
    await sleep(crash.at * 10);
    const killed = crash.sidecar.kill();
    process.kill(crash.sidecar.serverPid, 'SIGCONT');
    await killed;
  },
  'as the server runs the call': async (crash) => {
    await answer(crash, 'approve');
    while (crash.lane.executed(crash.payment) === 0) await sleep(1);
    await crash.sidecar.kill();
  },
  'after the answer': async (crash) => {
    await answer(crash, 'approve');
    await crash.sidecar.client.next((line) => line.includes('"result"'));
    await crash.sidecar.kill();
  },
  'after a rejection': async (crash) => {
    await answer(crash, 'reject');
    await sleep(crash.at * WATCH_MS);
    await crash.sidecar.kill();
  },
  'while whoever approves is killed too': async (crash) => {
    const { approvalId, lane, sidecar, at } = crash;
    const words = [REGENT, 'approvals', 'approve', approvalId, '--state', lane.stateFile];
    const approver = spawn(process.execPath, words, { stdio: 'ignore' });
    const ended = once(approver, 'exit');
    await Promise.race([sleep(at * 600), ended]);
    approver.kill('SIGKILL');
    await ended;
    if ((await statusOf(crash)) === 'pending') await answer(crash, 'approve');
    await sleep(at * WATCH_MS);
    await sidecar.kill();
  },
};

async function answer({ lane, approvalId }: Crash, verdict: 'approve' | 'reject'): Promise<void> {
  const person = { name: 'alice', ownerOf: [] };
  await answerApproval(lane.store, { id: approvalId, verdict, person, reason: null }, Date.now());
}

async function whenUsed(crash: Crash): Promise<void> {
  while ((await statusOf(crash)) !== 'consumed') await sleep(0);
}

async function statusOf({ lane, approvalId }: Crash): Promise<ApprovalStatus | undefined> {
  return (await lane.store.readApprovals([approvalId]))[0]?.status;
}
