// `regent approvals`: what waits for people, and their answers, from a terminal of the machine.
import { answerApproval, expireOverdue, type Person } from '../../approvals/answer-approval.ts';
import type { Approval, ApprovalStatus } from '../../approvals/approval.ts';
import { approvalToJson } from '../../approvals/approval-to-json.ts';
import { digestApproverToken, isApproverToken } from '../../approvals/approver-token.ts';
import { explainAnswer } from '../../approvals/explain-answer.ts';
import { formatApproval, formatApprovalLine } from '../../approvals/format-approval.ts';
import { escapeJson } from '../../journal/escape-text.ts';
import type { StateStore } from '../../state/store.ts';
import { CliError } from '../cli-error.ts';
import { defaultStateFile } from '../home.ts';
import { openExistingState } from '../open-existing-state.ts';
import { printOut } from '../print-out.ts';
import { withStore } from '../with-store.ts';
import { localPerson } from './local-person.ts';
import { watchApprovals } from './watch-approvals.ts';

export interface ApprovalsFlags {
  readonly state?: string;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly watch?: boolean;
  readonly reason?: string;
}

const WAITING: readonly ApprovalStatus[] = ['pending', 'approved'];

export async function listApprovals(flags: ApprovalsFlags): Promise<void> {
  await withStore(openState(flags), async (store) => {
    if (flags.watch === true) return watchApprovals(store, printerOf(flags));
    await expireOverdue(store, Date.now());
    const found = await store.listApprovals(flags.all === true ? {} : { statuses: WAITING });
    if (found.length === 0 && flags.json !== true) process.stderr.write('nothing waits for approval\n');
    for (const approval of found.reverse()) printerOf(flags)(approval);
  });
}

export async function showApproval(id: string, flags: ApprovalsFlags): Promise<void> {
  await withStore(openState(flags), async (store) => {
    await expireOverdue(store, Date.now());
    const [approval] = await store.readApprovals([id]);
    if (approval === undefined) throw unknown(id);
    const details = {
      arguments: (await store.readApprovalArguments(id)) ?? '{}',
      steps: await store.listSteps({ approvalId: id }),
      counters: await store.read(approval.effects.map(({ key }) => key)),
    };
    const text =
      flags.json === true
        ? escapeJson(approvalToJson(approval, details))
        : formatApproval(approval, details, Date.now());
    printOut(`${text}\n`);
  });
}

export async function answerRequest(
  verdict: 'approve' | 'reject',
  id: string,
  flags: ApprovalsFlags,
): Promise<void> {
  await withStore(openState(flags), async (store) => {
    const person = await whoAnswers(store);
    const reason = flags.reason?.trim() || null;
    const answered = await answerApproval(store, { id, verdict, person, reason }, Date.now());
    if (!answered.ok)
      throw answered.problem === 'unknown' ? unknown(id) : new CliError(explainAnswer(answered, person));
    const { approval } = answered;
    if (flags.json === true) return printerOf(flags)(approval);
    printOut(`${approval.status}: ${formatApprovalLine(approval)}\n`);
    const left = approval.required - approval.approvers.length;
    if (approval.status === 'pending') process.stderr.write(`${left} more must agree\n`);
  });
}

function openState(flags: ApprovalsFlags): Promise<StateStore> {
  return openExistingState(flags.state ?? defaultStateFile(), 'full');
}

/** Whoever may write the state file may answer; a token names an approver instead. */
async function whoAnswers(store: StateStore): Promise<Person> {
  const token = process.env.REGENT_APPROVER_TOKEN ?? '';
  if (token === '') return localPerson();
  const approver = isApproverToken(token) ? await store.findApprover(digestApproverToken(token)) : null;
  if (approver === null) {
    throw new CliError(
      'REGENT_APPROVER_TOKEN is no token of an approver of this state file; see regent approvers',
    );
  }
  return approver;
}

function printerOf({ json }: ApprovalsFlags): (approval: Approval) => void {
  const print =
    json === true ? (approval: Approval) => escapeJson(approvalToJson(approval)) : formatApprovalLine;
  return (approval) => printOut(`${print(approval)}\n`);
}

function unknown(id: string): CliError {
  return new CliError(`there is no request ${JSON.stringify(id)}; regent approvals list --all shows them`);
}
