// What the counters will be after the call.
import type { ApprovalStatus, CounterEffect } from '../../approvals/approval.ts';
import { printUnits } from '../../policy/arguments/print-units.ts';
import { type Html, html } from '../html.ts';
import { gauge } from './gauge.ts';
import { stranger } from './show-values.ts';

export interface ShownEffect {
  readonly effect: CounterEffect;
  readonly now: number;
}

/** Nothing where the call adds to none, or has been sent or stopped. */
export function printEffects(effects: readonly ShownEffect[], status: ApprovalStatus): Html | null {
  if (effects.length === 0 || (status !== 'pending' && status !== 'approved')) return null;
  return html`<h2>Counters, were it run</h2><ul class="cards">${effects.map(printEffect)}</ul>`;
}

function printEffect({ effect, now }: ShownEffect): Html {
  const { key, rule, limit, amount, window, sliding } = effect;
  const units = (value: number): string => printUnits(value, effect);
  const of = limit === null ? 'no limit' : `${units(limit)} a ${sliding ? 'sliding ' : ''}${window}`;
  const label = `${units(now)} now, ${units(now + amount)} after, of ${of}`;
  const over =
    limit !== null && now + amount > limit
      ? html`<p class="problem">It would pass the limit: the call would be denied, even if approved.</p>`
      : null;
  return html`<li class="card" data-key="${key}"><h3>${stranger(rule)}</h3>
<p class="figure">${units(now)} + ${units(amount)} = <strong>${units(now + amount)}</strong> of ${of}</p>
${limit === null ? null : gauge({ value: now, added: amount, limit, label })}${over}
<p class="hint"><code>${stranger(key)}</code></p></li>`;
}
