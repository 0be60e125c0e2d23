// Recent decisions, the newest first, with filters.
import type { JournalEntry } from '../../journal/journal-row.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { layOut } from './layout.ts';
import { badge, stranger, time } from './show-values.ts';

export interface DecisionFilter {
  readonly tool: string;
  readonly agent: string;
  readonly outcome: string;
  readonly since: string;
}

export interface Decisions {
  readonly entries: readonly JournalEntry[];
  readonly filter: DecisionFilter;
  /** Present where there are older ones. */
  readonly olderThan: number | null;
  readonly problem: string | null;
}

export function decisionsPage(decisions: Decisions, viewer: Viewer): string {
  const { entries, filter, olderThan, problem } = decisions;
  const older =
    olderThan === null
      ? null
      : html`<p><a href="/decisions?${query({ ...filter, before: String(olderThan) })}">Older</a></p>`;
  const content = html`${printFilter(filter)}
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<div id="decisions" data-live="decisions">${entries.length === 0 ? html`<p class="empty">No decisions fit.</p>` : printTable(entries)}</div>${older}`;
  return layOut({ title: 'Decisions', content, menu: '/decisions' }, viewer);
}

function query(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== '')).toString();
}

function printFilter({ tool, agent, outcome, since }: DecisionFilter): Html {
  const options = [
    ['', 'any'],
    ['allow', 'allowed'],
    ['deny', 'denied'],
    ['require_approval', 'held'],
  ].map(
    ([value, name]) =>
      html`<option value="${value}"${value === outcome ? html` selected` : null}>${name}</option>`,
  );
  return html`<form method="get" action="/decisions" class="filter" role="search">
<label>Tool <input name="tool" value="${tool}" placeholder="name or glob"></label>
<label>Agent <input name="agent" value="${agent}"></label>
<label>Outcome <select name="outcome">${options}</select></label>
<label>Since <input name="since" value="${since}" placeholder="15m, 24h, 7d"></label>
<button type="submit">Filter</button>
</form>`;
}

function printTable(entries: readonly JournalEntry[]): Html {
  const rows = entries.map(
    ({ atMs, outcome, agent, server, tool, rule, reason, result, id }) => html`<tr>
<td>${time(atMs)}</td><td>${badge(outcome)}</td><td>${stranger(agent)}</td><td>${stranger(`${server}/${tool}`)}</td>
<td class="why"><p>${stranger(reason ?? '')}</p>${rule === null ? null : html`<p><code>${stranger(rule)}</code></p>`}
<p class="hint"><code class="id">${id}</code></p></td><td>${result ?? ''}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Decisions"><table><thead><tr><th scope="col">Time</th><th scope="col">Outcome</th><th scope="col">Agent</th>
<th scope="col">Tool</th><th scope="col">Reason, rule and decision</th><th scope="col">Result</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}
