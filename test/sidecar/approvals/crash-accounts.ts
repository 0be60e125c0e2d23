// What the state file says when all is over: approvals, decisions and charges tell the same story.
import { expect } from 'vitest';
import type { Lane } from './crash-lane.ts';

interface KnownRun {
  readonly approvalId: string;
  readonly executedAtLast: number;
}

/** Every call that ran has its row; every approval that was used was used by one allowed call, and charged once. */
export async function expectAccounts({ store }: Lane, ends: readonly KnownRun[]): Promise<void> {
  const rows = await store.list({});
  const used = rows.filter(({ outcome }) => outcome === 'allow').map(({ input }) => approvalOf(input));
  expect(new Set(used).size).toBe(used.length);
  const consumed = await store.listApprovals({ statuses: ['consumed'] });
  expect(consumed.map(({ id }) => id).sort()).toEqual([...used].sort());
  const steps = await store.listSteps({});
  const uses = steps.filter(({ step }) => step === 'consumed');
  expect(uses.map(({ approvalId }) => approvalId).sort()).toEqual([...used].sort());
  for (const { approvalId, executedAtLast } of ends) {
    if (executedAtLast > 0) expect(used).toContain(approvalId);
  }
  const counters = await store.listCounters('', 100);
  const notSent = rows.filter(({ result }) => result === 'not-sent').length;
  expect(counters.map(({ value }) => value)).toEqual([used.length - notSent]);
}

function approvalOf(input: string): string {
  const { approval } = JSON.parse(input) as { approval: { id: string } | null };
  return approval?.id ?? 'none';
}
