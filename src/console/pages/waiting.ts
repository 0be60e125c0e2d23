// What waits for people.
import type { Approval } from '../../approvals/approval.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { layOut } from './layout.ts';
import { badge, stranger, time } from './show-values.ts';

export interface WaitingApproval {
  readonly approval: Approval;
  /** The beginning of its arguments. */
  readonly summary: string;
}

export function waitingPage(waiting: readonly WaitingApproval[], viewer: Viewer): string {
  const list =
    waiting.length === 0
      ? html`<p class="empty">Nothing waits for you. This page changes by itself.</p>`
      : html`<ul class="cards">${waiting.map(printCard)}</ul>`;
  const content = html`<div id="waiting" data-live aria-live="polite">${list}</div>`;
  return layOut({ title: 'Waiting for approval', content, menu: '/' }, viewer);
}

function printCard({ approval, summary }: WaitingApproval): Html {
  const { id, agent, server, tool, rule, reason, approvers, required, status, requestedMs } = approval;
  const agreed =
    required > 1 ? html` <span class="hint">${approvers.length} of ${required} agreed</span>` : null;
  const deadline =
    status === 'approved'
      ? html`use by ${time(approval.useByMs ?? 0)}`
      : html`decide by ${time(approval.decideByMs)}`;
  return html`<li class="card" id="row-${id}">
<h2><a href="/approvals/${id}">${stranger(tool)}</a> ${badge(status)}${agreed}</h2>
<p>${stranger(agent)} on ${stranger(server)}, asked ${time(requestedMs)}, ${deadline}</p>
<p class="reason">${stranger(reason ?? '')}${rule === null ? null : html` <code>${stranger(rule)}</code>`}</p>
<pre class="summary">${stranger(summary)}</pre>
<p class="actions">${status === 'pending' ? html`<a class="button yes" href="/approvals/${id}?answer=approve">Approve…</a> ` : null}<a
 class="button no" href="/approvals/${id}?answer=reject">Reject…</a> <a href="/approvals/${id}">Details</a></p>
</li>`;
}
