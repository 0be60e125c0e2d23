// `regent approvals list --watch`: prints each request as it comes, and again whenever it changes.
import { setTimeout as sleep } from 'node:timers/promises';
import { expireOverdue } from '../../approvals/answer-approval.ts';
import type { Approval } from '../../approvals/approval.ts';
import type { StateStore } from '../../state/store.ts';

const POLL_MS = 250;
const STEPS_MAX = 500;

/** Begins with what waits now; ends with the terminal's interrupt, or when nobody reads the output any more. */
export async function watchApprovals(store: StateStore, print: (approval: Approval) => void): Promise<void> {
  let isEnded = false;
  const end = (): void => {
    isEnded = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  process.stdout.once('error', end);
  let sequence = await store.latestStep();
  for (const approval of (await store.listApprovals({ statuses: ['pending', 'approved'] })).reverse())
    print(approval);
  while (!isEnded) {
    await sleep(POLL_MS);
    await expireOverdue(store, Date.now());
    const steps = await store.listSteps({ afterSequence: sequence, limit: STEPS_MAX });
    sequence = steps.at(-1)?.sequence ?? sequence;
    const ids = [...new Set(steps.map(({ approvalId }) => approvalId))];
    const changed = await store.readApprovals(ids);
    for (const id of ids) {
      const approval = changed.find((one) => one.id === id);
      if (approval !== undefined) print(approval);
    }
  }
}
