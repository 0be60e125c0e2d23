// Small pieces that several pages show: texts of strangers, times, counters.
import { showHidden, showHiddenInLines } from '../../approvals/show-text.ts';
import { type Html, html } from '../html.ts';

const MARKED = /(⟦U\+[0-9A-F]{4,6}⟧)/;

/** A text that an agent or a policy wrote: hidden characters are marked, and everything is escaped. */
export function stranger(text: string): Html {
  return mark(showHidden(text));
}

/** As `stranger`, for text of several lines that was laid out here. */
export function strangerLines(text: string): Html {
  return mark(showHiddenInLines(text));
}

function mark(shown: string): Html {
  const parts = shown.split(MARKED);
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<mark class="hidden">${part}</mark>` : part))}`;
}

/** UTC, to the second; the script adds how far it is from now. */
export function time(atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  allow: 'allowed',
  deny: 'denied',
  require_approval: 'held',
};

export function badge(status: string): Html {
  return html`<span class="badge ${status}">${OUTCOMES[status] ?? status}</span>`;
}

export interface Fill {
  readonly value: number;
  readonly limit: number;
  readonly label: string;
}

/** A gauge that says in words what it shows. */
export function meter({ value, limit, label }: Fill): Html {
  const high = Math.floor(limit * 0.8);
  return html`<meter min="0" max="${limit}" high="${high}" value="${Math.min(value, limit)}" aria-label="${label}">${label}</meter>`;
}
