// What waits for people.
import type { Approval } from '../../approvals/approval.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { layOut } from './layout.ts';
import { badge, stranger, timeOfDay } from './show-values.ts';

export interface WaitingApproval {
  readonly approval: Approval;
  /** The beginning of its arguments. */
  readonly summary: string;
}

/** In the order given: a new one must not move the one that somebody is about to click. */
export function waitingPage(waiting: readonly WaitingApproval[], viewer: Viewer): string {
  const pending = waiting.filter(({ approval }) => approval.status === 'pending');
  const approved = waiting.filter(({ approval }) => approval.status === 'approved');
  const list =
    pending.length === 0
      ? html`<div class="empty"><p>Nothing waits for you.</p><p class="hint">This page changes by itself when a call does.</p></div>`
      : html`<ul class="cards">${pending.map(printCard)}</ul>`;
  const later =
    approved.length === 0
      ? null
      : html`<h2>Approved, not used yet</h2><ul class="cards">${approved.map(printCard)}</ul>`;
  const content = html`<div id="waiting" data-live="approvals">${list}${later}</div>`;
  const count = pending.length === 0 ? '' : `(${pending.length}) `;
  const heading = html`Waiting for approval`;
  return layOut({ title: `${count}Waiting for approval`, heading, content, menu: '/' }, viewer);
}

function printCard({ approval, summary }: WaitingApproval): Html {
  const { id, agent, server, tool, rule, reason, approvers, required, status, requestedMs } = approval;
  const isPending = status === 'pending';
  const agreed =
    required > 1 ? html` <span class="hint">${approvers.length} of ${required} agreed</span>` : null;
  const deadline = isPending
    ? html`decide by ${timeOfDay(approval.decideByMs)}`
    : html`use by ${timeOfDay(approval.useByMs ?? 0)}`;
  const what = html`<span class="unseen"> ${stranger(tool)} for ${stranger(agent)}</span>`;
  const approve = html`<a class="button yes" href="/approvals/${id}?answer=approve">Approve…${what}</a> `;
  return html`<li class="card" data-key="${id}"${isPending ? html` data-announce="New request: ${tool} for ${agent}"` : null}>
<h2><a href="/approvals/${id}">${stranger(tool)}</a> ${badge(status)}${agreed}</h2>
<p class="hint">${stranger(agent)} on ${stranger(server)}, asked ${timeOfDay(requestedMs)}, ${deadline}</p>
<p class="reason">${stranger(reason ?? 'needs a human')}${rule === null ? null : html` <code>${stranger(rule)}</code>`}</p>
<pre class="summary">${stranger(summary)}</pre>
<p class="actions">${isPending ? approve : null}<a class="button no" href="/approvals/${id}?answer=reject">Reject…${what}</a>
<a href="/approvals/${id}">Details<span class="unseen"> of ${stranger(tool)}</span></a></p>
</li>`;
}
