// Each limit as a gauge, and when it resets.
import type { CounterPlan } from '../../../compiler/model/manifest.ts';
import { printUnits } from '../../policy/arguments/print-units.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { gauge } from './gauge.ts';
import { layOut } from './layout.ts';
import { stranger, time } from './show-values.ts';

export interface LimitGauge {
  readonly key: string;
  readonly plan: CounterPlan;
  readonly value: number;
  readonly resetsAtMs: number;
}

export interface ServerLimits {
  readonly server: string;
  readonly gauges: readonly LimitGauge[];
  /** There are more than the page shows. */
  readonly isCut: boolean;
}

export function limitsPage(servers: readonly ServerLimits[], viewer: Viewer): string {
  const sections = servers.map(
    ({ server, gauges, isCut }) => html`<h2>${stranger(server)}</h2>
${gauges.length === 0 ? html`<p class="empty">Its policy has no limits.</p>` : html`<ul class="cards grid">${gauges.map(printGauge)}</ul>`}
${isCut ? html`<p class="hint">There are more counters than this page shows.</p>` : null}`,
  );
  const content = html`<div id="limits" data-live="decisions">${
    sections.length === 0
      ? html`<p class="empty">No policy has been in force on this state file yet.</p>`
      : sections
  }</div>`;
  return layOut({ title: 'Limits', content, menu: '/limits' }, viewer);
}

function printGauge({ key, plan, value, resetsAtMs }: LimitGauge): Html {
  const limit = plan.limit ?? 0;
  const label = `${printUnits(value, plan)} of ${printUnits(limit, plan)} a ${plan.sliding ? 'sliding ' : ''}${plan.window}`;
  return html`<li class="card" data-key="${key}"><h3>${stranger(plan.rule)}</h3>
<p class="figure">${label}</p>
${gauge({ value, limit, label })}
<p class="hint">${value === 0 ? 'unused' : html`${plan.sliding ? 'falls' : 'resets'} ${time(resetsAtMs)}`}</p>
<p class="hint"><code>${stranger(key)}</code></p></li>`;
}
