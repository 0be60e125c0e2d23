// A gauge that says in words what it shows.
import { type Html, html } from '../html.ts';

export interface Fill {
  readonly value: number;
  /** What would come on top of it. */
  readonly added?: number;
  readonly limit: number;
  readonly label: string;
}

/** Parts of a thousand. */
const WIDTH = 1000;
const HIGH = 0.8;

export function gauge({ value, added = 0, limit, label }: Fill): Html {
  const part = (amount: number): number =>
    Math.round((limit === 0 ? 1 : Math.min(amount / limit, 1)) * WIDTH);
  const [now, after] = [part(value), part(value + added)];
  const level = value + added > limit ? 'over' : after >= HIGH * WIDTH ? 'high' : 'low';
  return html`<svg class="gauge ${level}" viewBox="0 0 ${WIDTH} 20" preserveAspectRatio="none" role="meter" aria-label="${label}" aria-valuemin="0" aria-valuemax="${limit}" aria-valuenow="${Math.min(value + added, limit)}" aria-valuetext="${label}">
<rect class="track" width="${WIDTH}" height="20"/><rect class="now" width="${now}" height="20"/><rect class="added" x="${now}" width="${after - now}" height="20"/></svg>`;
}
