// Gathers what the page of one request shows.
import type { Approval } from '../approvals/approval.ts';
import { valueAt } from '../state/counter-window.ts';
import type { StateStore } from '../state/store.ts';
import type { ApprovalView, PolicyLine } from './pages/approval.ts';

/** Lines of the policy before and after the rule's own. */
const LINES_AROUND = 8;

export async function viewApproval(
  store: StateStore,
  approval: Approval,
  nowMs: number,
): Promise<Omit<ApprovalView, 'answer' | 'isLive' | 'problem'>> {
  const counters = await store.read(approval.effects.map(({ key }) => key));
  return {
    approval,
    arguments: (await store.readApprovalArguments(approval.id)) ?? '{}',
    steps: await store.listSteps({ approvalId: approval.id }),
    effects: approval.effects.map((effect, index) => {
      const record = counters[index];
      return { effect, now: record === undefined ? 0 : valueAt(record, effect, nowMs) };
    }),
    policyLines: await findLines(store, approval),
  };
}

async function findLines(store: StateStore, { revision, server, source }: Approval): Promise<PolicyLine[]> {
  const [, name = '', line = '0'] = /^(.*):(\d+):\d+$/.exec(source ?? '') ?? [];
  const policy = await store.readPolicy(revision, server);
  // A position bears the file's own name, without its folder.
  const file = policy?.sources.find((one) => one.name === name || one.name.endsWith(`/${name}`));
  if (file === undefined) return [];
  const at = Number(line);
  const first = Math.max(1, at - LINES_AROUND);
  return file.text
    .split('\n')
    .slice(first - 1, at + LINES_AROUND)
    .map((text, index) => ({ number: first + index, text, isRule: first + index === at }));
}
