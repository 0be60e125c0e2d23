// What the webhook was told, and what came of it.
import type { ClaimedDelivery } from '../../state/delivery.ts';
import type { Viewer } from '../console-parts.ts';
import { html } from '../html.ts';
import { layOut } from './layout.ts';
import { badge, stranger, time } from './show-values.ts';

export function deliveriesPage(deliveries: readonly ClaimedDelivery[], viewer: Viewer): string {
  const rows = deliveries.map(
    ({
      step,
      kind,
      approvalId,
      status,
      attempts,
      atMs,
      nextMs,
      detail,
    }) => html`<tr><th scope="row">${step}</th>
<td>${kind}</td><td><a href="/approvals/${approvalId}">${approvalId}</a></td><td>${badge(status)}</td><td>${attempts}</td><td>${time(atMs)}</td>
<td>${stranger(detail ?? '')}${status === 'waiting' ? html` next try ${time(nextMs)}` : null}</td></tr>`,
  );
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="Deliveries"><table><thead><tr><th scope="col">Step</th><th scope="col">What</th><th scope="col">Request</th><th scope="col">State</th>
<th scope="col">Attempts</th><th scope="col">Last change</th><th scope="col">What came of it</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const empty = html`<p class="empty">Nothing was delivered. A webhook is set under approvals.webhook in regent.yaml.</p>`;
  const content = html`<div id="deliveries" data-live="approvals decisions">${rows.length === 0 ? empty : table}</div>`;
  return layOut({ title: 'Webhook', content, menu: '/deliveries' }, viewer);
}
