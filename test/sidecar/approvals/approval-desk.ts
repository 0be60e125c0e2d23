// A sidecar whose calls need humans, and the humans' side of its state file.
import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { type Answered, answerApproval, expireOverdue } from '../../../src/approvals/answer-approval.ts';
import type { Approval } from '../../../src/approvals/approval.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import type { StateStore } from '../../../src/state/store.ts';
import { type Guarded, type GuardedOptions, REGENT, startGuarded } from '../guarded-server.ts';

export interface Desk extends Guarded {
  store(): Promise<StateStore>;
  /** The newest request, once there are so many. */
  waiting(count?: number): Promise<Approval>;
  approve(id: string, name?: string): Promise<Answered>;
  reject(id: string, reason?: string): Promise<Answered>;
  /** Runs another command of Regent with this sidecar's state. */
  run(
    words: readonly string[],
    env?: Record<string, string>,
  ): { status: number | null; out: string; err: string };
}

export function holdPolicy(more = '', extra = ''): string {
  return `version: "1"
tools:
  pay:
    rules:
      - name: ask
        action: require_approval
        approval_timeout: 30m
        on_deny: A human must agree
${more}${extra}`;
}

export function startDesk(options: GuardedOptions = {}): Desk {
  const guarded = startGuarded({ policy: holdPolicy(), ...options });
  return { ...guarded, ...deskOf(guarded.stateFile) };
}

export function deskOf(stateFile: string): Omit<Desk, keyof Guarded> {
  let opened: Promise<StateStore> | null = null;
  const store = (): Promise<StateStore> => {
    if (opened === null) {
      opened = openSqliteStore({ file: stateFile, durability: 'normal' });
      onTestFinished(async () => (await opened)?.close());
    }
    return opened;
  };
  const answer = async (
    id: string,
    verdict: 'approve' | 'reject',
    person: string,
    reason: string | null,
  ): Promise<Answered> =>
    answerApproval(await store(), { id, verdict, person: { name: person, ownerOf: [] }, reason }, Date.now());
  return {
    store,
    waiting: async (count = 1) => {
      for (let attempt = 0; attempt < 800; attempt += 1) {
        await expireOverdue(await store(), Date.now());
        const found = await (await store()).listApprovals({});
        if (found.length >= count && found[0] !== undefined) return found[0];
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`there are no ${count} requests`);
    },
    approve: (id, name = 'alice') => answer(id, 'approve', name, null),
    reject: (id, reason) => answer(id, 'reject', 'alice', reason ?? null),
    run: (words, env = {}) => {
      const done = spawnSync(process.execPath, [REGENT, ...words, '--state', stateFile], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
      return { status: done.status, out: done.stdout, err: done.stderr };
    },
  };
}
