// People's answers to requests.
import type { Express, Request, Response } from 'express';
import { answerApproval } from '../../approvals/answer-approval.ts';
import { explainAnswer } from '../../approvals/explain-answer.ts';
import type { AppParts } from '../console-app-parts.ts';
import { approvalPage } from '../pages/approval.ts';
import { sendMessage } from '../pages/message.ts';
import { viewApproval } from '../view-approval.ts';
import { fieldOf, viewerOf } from './sign-in.ts';

const REASON_MAX = 500;

export function addAnswers(app: Express, parts: AppParts): void {
  for (const verdict of ['approve', 'reject'] as const) {
    app.post(`/approvals/:id/${verdict}`, (request, response) => answer(parts, verdict, request, response));
  }
}

async function answer(
  { store, now }: AppParts,
  verdict: 'approve' | 'reject',
  request: Request,
  response: Response,
): Promise<void> {
  const viewer = viewerOf(response);
  const id = String(request.params.id);
  const reason = fieldOf(request, 'reason').trim().slice(0, REASON_MAX);
  const given = { id, verdict, person: viewer.person, reason: reason === '' ? null : reason };
  const answered = await answerApproval(store, given, now());
  if (answered.ok) {
    response.redirect(303, `/approvals/${id}`);
    return;
  }
  const problem = explainAnswer(answered, viewer.person);
  if (answered.approval === null) {
    sendMessage(response, 404, `Not taken: ${problem}.`);
    return;
  }
  const view = await viewApproval(store, answered.approval, now());
  response
    .status(409)
    .send(approvalPage({ ...view, answer: null, isLive: false, problem: `Not taken: ${problem}.` }, viewer));
}
