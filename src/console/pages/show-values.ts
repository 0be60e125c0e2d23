// Small pieces that several pages show: texts of strangers, times, badges.
import { showHidden, showHiddenInLines } from '../../approvals/show-text.ts';
import { type Html, html } from '../html.ts';

const MARKED = /((?:⟦U\+[0-9A-F]{4,6}⟧)+)/;
/** Colours are for people; a text of nothing but hidden characters must not become a million elements. */
const MARKS_MAX = 2000;

/** A text that an agent or a policy wrote: hidden characters are marked, and everything is escaped. */
export function stranger(text: string): Html {
  return mark(showHidden(text));
}

const BLOCK = 8192;

/**
 * As `stranger`, for text of several lines that was laid out here. In blocks, which a browser lays out only where
 * somebody looks: a megabyte would stop the page.
 */
export function strangerLines(text: string): Html {
  const shown = showHiddenInLines(text);
  if (shown.length <= BLOCK) return mark(shown);
  return html`${blocksOf(shown).map((block) => html`<span class="block">${mark(block, 20)}</span>`)}`;
}

/** Each ends with a line, where there is one, and never within a character or a mark. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  for (let at = 0; at < text.length; ) {
    const full = text.slice(at, at + BLOCK);
    const line = full.lastIndexOf('\n');
    const whole = full.replace(/(?:[\uD800-\uDBFF]|⟦[^⟧]*)$/, '');
    const block = at + BLOCK >= text.length ? full : line > 0 ? full.slice(0, line + 1) : whole || full;
    blocks.push(block);
    at += block.length;
  }
  return blocks;
}

function mark(shown: string, max: number = MARKS_MAX): Html {
  const parts = shown.split(MARKED);
  if (parts.length > 2 * max) return html`${shown}`;
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<mark class="hidden">${part}</mark>` : part))}`;
}

/** UTC, to the second; the script adds how far it is from now. */
export function time(atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** For what is near: the time of day alone. */
export function timeOfDay(atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

const NAMES: Readonly<Record<string, string>> = {
  allow: 'allowed',
  deny: 'denied',
  require_approval: 'held',
  pending: 'waiting',
};

export function badge(status: string): Html {
  return html`<span class="badge ${status}">${NAMES[status] ?? status}</span>`;
}
