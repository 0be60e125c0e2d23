// The answer to a request: a form for each that this person may give.
import { findAnswerProblem } from '../../approvals/answer-approval.ts';
import type { Approval } from '../../approvals/approval.ts';
import { explainAnswer } from '../../approvals/explain-answer.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';

type Verdict = 'approve' | 'reject';

/** Changes when other answers can be given: only then does an open page replace what somebody fills in. */
export function stateOfAnswer(approval: Approval, { person }: Viewer): string {
  return `${approval.status} ${findAnswerProblem(approval, 'approve', person) ?? ''}`;
}

/** `chosen` is the one that was clicked. */
export function printAnswer(approval: Approval, chosen: Verdict | null, viewer: Viewer): Html | null {
  const { status, id } = approval;
  const { person, csrf } = viewer;
  if (status !== 'pending' && status !== 'approved') return null;
  const form = (verdict: Verdict, title: string, told: string): Html => html`
<form method="post" action="/approvals/${id}/${verdict}" class="card ${verdict}">
<h3>${title}</h3>
<input type="hidden" name="csrf" value="${csrf}">
<p><label for="${verdict}-reason">Reason <span class="hint">(${told})</span></label>
<input id="${verdict}-reason" name="reason" maxlength="500" autocomplete="off"${chosen === verdict ? html` data-chosen` : null}></p>
<p><button type="submit" class="${verdict === 'approve' ? 'yes' : 'no'}">${title}</button></p>
</form>`;
  const problem = findAnswerProblem(approval, 'approve', person);
  const approve =
    problem === null
      ? form('approve', 'Approve this call, once', 'for the journal')
      : html`<p class="card">${sentence(explainAnswer({ ok: false, problem, approval }, person))}</p>`;
  const reject = form('reject', 'Reject this call', 'the agent is told');
  return html`<h2>Your answer</h2><p class="hint">You answer as ${person.name}.</p>
<div class="answers">${chosen === 'reject' ? [reject, approve] : [approve, reject]}</div>`;
}

/** A name keeps its letters. */
function sentence(text: string): string {
  return `${text.replace(/^(the|there|enough) /, (word) => word.charAt(0).toUpperCase() + word.slice(1))}.`;
}
