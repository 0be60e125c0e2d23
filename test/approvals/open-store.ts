// A real state file for tests of approvals, which several clients may open.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Approval } from '../../src/approvals/approval.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';
import { newApprovalWrite } from './sample-approval.ts';

/** Closed when the test has finished. */
export async function openFile(
  file = join(temporaryFolder(), 'state.db'),
): Promise<{ file: string; store: StateStore }> {
  const store = await openSqliteStore({ file, durability: 'normal', busyTimeoutMs: 20_000 });
  onTestFinished(() => store.close());
  return { file, store };
}

export async function openClients(count: number): Promise<StateStore[]> {
  const { file, store } = await openFile();
  const clients = [store];
  while (clients.length < count) clients.push((await openFile(file)).store);
  return clients;
}

export async function openWith(...approvals: readonly Approval[]): Promise<StateStore> {
  const { store } = await openFile();
  await store.changeApprovals({ id: 'none' }, () => approvals.map((one) => newApprovalWrite(one)));
  return store;
}

export async function approvalOf(store: StateStore, id = 'apr_1'): Promise<Approval> {
  const [approval] = await store.readApprovals([id]);
  if (approval === undefined) throw new Error(`there is no ${id}`);
  return approval;
}

/** Such as `approved by alice: fine`. */
export async function stepsOf(store: StateStore, approvalId = 'apr_1'): Promise<string[]> {
  const steps = await store.listSteps({ approvalId });
  return steps.map(({ step, by, reason }) => `${step} by ${by}${reason === null ? '' : `: ${reason}`}`);
}
