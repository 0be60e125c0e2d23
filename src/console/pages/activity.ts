// Calls, denials and holds over time, as a plot and as a table.
import type { OutcomeCount } from '../../state/store.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { layOut } from './layout.ts';
import { time } from './show-values.ts';

export interface Activity {
  readonly range: RangeName;
  readonly sinceMs: number;
  readonly stepMs: number;
  readonly counts: readonly OutcomeCount[];
}

const MINUTE_MS = 60_000;

/** What the plot spans, in 60 steps or fewer. */
export const RANGES = {
  '1h': { title: 'Last hour', steps: 60, stepMs: MINUTE_MS },
  '24h': { title: 'Last day', steps: 48, stepMs: 30 * MINUTE_MS },
  '7d': { title: 'Last week', steps: 56, stepMs: 180 * MINUTE_MS },
} as const;

export type RangeName = keyof typeof RANGES;

const OUTCOMES = [
  ['allow', 'allowed'],
  ['deny', 'denied'],
  ['require_approval', 'held'],
] as const;

interface Step {
  readonly atMs: number;
  /** Beside OUTCOMES. */
  readonly counts: readonly number[];
}

export function activityPage(activity: Activity, viewer: Viewer): string {
  const steps = gatherSteps(activity);
  const links = Object.entries(RANGES).map(
    ([name, { title }]) =>
      html`<li><a href="/activity?range=${name}"${name === activity.range ? html` aria-current="true"` : null}>${title}</a></li>`,
  );
  const content = html`<ul class="tabs">${links}</ul>
<div id="activity" data-live="decisions">${printPlot(activity, steps)}${printTable(steps)}</div>`;
  return layOut({ title: 'Activity', content, menu: '/activity' }, viewer);
}

function gatherSteps({ range, sinceMs, stepMs, counts }: Activity): Step[] {
  const first = Math.floor(sinceMs / stepMs) * stepMs;
  return Array.from({ length: RANGES[range].steps + 1 }, (_, index) => {
    const atMs = first + index * stepMs;
    const inStep = counts.filter((count) => count.atMs === atMs);
    return {
      atMs,
      counts: OUTCOMES.map(([outcome]) => inStep.find((one) => one.outcome === outcome)?.count ?? 0),
    };
  });
}

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 48;
const BOTTOM = 24;

/** Bars of a step stand upon each other. */
function printPlot({ range }: Activity, steps: readonly Step[]): Html {
  const highest = Math.max(1, ...steps.map(({ counts }) => sum(counts)));
  const width = (WIDTH - LEFT) / steps.length;
  const height = HEIGHT - BOTTOM;
  const bars = steps.map(({ atMs, counts }, index) => {
    let top = height;
    return counts.map((count, kind) => {
      const tall = (count / highest) * (height - 10);
      top -= tall;
      const [outcome, name] = OUTCOMES[kind] ?? ['', ''];
      const at = { x: (LEFT + index * width).toFixed(1), y: top.toFixed(1) };
      return count === 0
        ? null
        : html`<rect class="${outcome}" x="${at.x}" y="${at.y}" width="${(width * 0.8).toFixed(1)}" height="${tall.toFixed(1)}"><title>${count} ${name}, ${new Date(atMs).toISOString().slice(0, 16)}</title></rect>`;
    });
  });
  const totals = OUTCOMES.map(
    ([, name], kind) => `${sum(steps.map(({ counts }) => counts[kind] ?? 0))} ${name}`,
  );
  const legend = OUTCOMES.map(
    ([outcome], kind) => html`<li><span class="key ${outcome}"></span> ${totals[kind]}</li>`,
  );
  const label = (index: number): string =>
    new Date(steps[index]?.atMs ?? 0).toISOString().slice(5, 16).replace('T', ' ');
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${RANGES[range].title}: ${totals.join(', ')}">
<line class="axis" x1="${LEFT}" y1="${height}" x2="${WIDTH}" y2="${height}"/>
<text x="${LEFT - 6}" y="14" text-anchor="end">${highest}</text><text x="${LEFT - 6}" y="${height}" text-anchor="end">0</text>
<text x="${LEFT}" y="${HEIGHT - 6}">${label(0)}</text><text x="${WIDTH}" y="${HEIGHT - 6}" text-anchor="end">${label(steps.length - 1)} UTC</text>
${bars}</svg><ul class="legend">${legend}</ul>`;
}

function printTable(steps: readonly Step[]): Html {
  const rows = steps
    .filter(({ counts }) => sum(counts) > 0)
    .map(
      ({ atMs, counts }) =>
        html`<tr><th scope="row">${time(atMs)}</th>${counts.map((count) => html`<td>${count}</td>`)}</tr>`,
    );
  const heads = OUTCOMES.map(([, name]) => html`<th scope="col">${name}</th>`);
  return html`<details><summary>As a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Activity as a table"><table>
<thead><tr><th scope="col">From</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
