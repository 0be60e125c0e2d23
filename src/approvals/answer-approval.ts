// A person's answer to a request, checked against who they are and how the request stands now.
import { compileGlob } from '../../compiler/model/match-glob.ts';
import type { ApprovalStore } from '../state/store.ts';
import type { Approval, ApprovalWrite } from './approval.ts';
import { agree, cancel, expireIfDue, reject } from './change-approval.ts';

/** Who answers. */
export interface Person {
  readonly name: string;
  /** Names or globs of the agents that are theirs. */
  readonly ownerOf: readonly string[];
}

export interface Answer {
  readonly id: string;
  readonly verdict: 'approve' | 'reject';
  readonly person: Person;
  readonly reason: string | null;
}

export type AnswerProblem =
  | 'unknown'
  /** Rejected, expired, consumed or cancelled: nothing can be answered any more. */
  | 'ended'
  /** Enough people have agreed; only a rejection can still stop it. */
  | 'already-approved'
  /** This person has agreed before: each counts once. */
  | 'agreed-before'
  /** Whoever owns an agent cannot approve what it asks for. */
  | 'own-agent';

export type Answered =
  | { readonly ok: true; readonly approval: Approval }
  | { readonly ok: false; readonly problem: AnswerProblem; readonly approval: Approval | null };

/** Throws `StateError`. */
export async function answerApproval(store: ApprovalStore, answer: Answer, nowMs: number): Promise<Answered> {
  let answered: Answered = { ok: false, problem: 'unknown', approval: null };
  await store.changeApprovals({ id: answer.id }, ([found]) => {
    if (found === undefined) return [];
    const write = expireIfDue(found, nowMs);
    if (write !== null) {
      answered = { ok: false, problem: 'ended', approval: write.approval };
      return [write];
    }
    const made = makeAnswer(found, answer, nowMs);
    answered = 'step' in made ? { ok: true, approval: made.approval } : made;
    return 'step' in made ? [made] : [];
  });
  return answered;
}

function makeAnswer(
  approval: Approval,
  { verdict, person, reason }: Answer,
  nowMs: number,
): ApprovalWrite | Extract<Answered, { ok: false }> {
  const facts = { atMs: nowMs, by: person.name, reason };
  const problem = findAnswerProblem(approval, verdict, person);
  if (problem !== null) return { ok: false, problem, approval };
  return verdict === 'approve' ? agree(approval, facts) : reject(approval, facts);
}

/** Why this person's answer would not be taken; null where it would. Anybody may reject; an approved call too, as long as it was not sent. */
export function findAnswerProblem(
  { status, agent, approvers }: Approval,
  verdict: Answer['verdict'],
  { name, ownerOf }: Person,
): AnswerProblem | null {
  if (status !== 'pending' && status !== 'approved') return 'ended';
  if (verdict === 'reject') return null;
  if (name === agent || ownerOf.some((glob) => compileGlob(glob)(agent))) return 'own-agent';
  if (approvers.includes(name)) return 'agreed-before';
  return status === 'approved' ? 'already-approved' : null;
}

/** The client cancelled, or went away: the call never runs. Nothing where it has ended already. */
export async function cancelApproval(store: ApprovalStore, id: string, nowMs: number): Promise<void> {
  await store.changeApprovals({ id }, ([found]) => {
    if (found === undefined || (found.status !== 'pending' && found.status !== 'approved')) return [];
    const reason = 'the client cancelled the call or went away';
    return [cancel(found, { atMs: nowMs, by: `agent:${found.agent}`, reason })];
  });
}

/** Ends what is overdue, so that everybody sees it. Takes no lock where nothing is. */
export async function expireOverdue(store: ApprovalStore, nowMs: number): Promise<void> {
  const overdue = await store.listApprovals({ statuses: ['pending', 'approved'], dueMs: nowMs, limit: 1 });
  if (overdue.length === 0) return;
  await store.changeApprovals({ dueMs: nowMs }, (found) =>
    found.flatMap((approval) => expireIfDue(approval, nowMs) ?? []),
  );
}
