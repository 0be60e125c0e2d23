// Counter keys: composed by the host for the snapshot and by the generated Rego for checks and charges.
//
//   <server>/<tool entry>[/<rule name>]/<kind>/<window>[/<CURRENCY>][@<per value>]
//
// Each part of the base is percent-encoded, so `/` and `@` only ever separate; the per value is last and stands as it is.
import type { Window } from './policy.ts';

export interface CounterOwner {
  readonly server: string;
  readonly tool: string;
  /** Rule name; null: the counter is known by what it does. */
  readonly name: string | null;
  /**
   * `rate_limit`, `spend`, `state/<counter>` for Intercept's counters (which belong to the tool, so `name` is null), or
   * `custom/<counter>` for those of custom rules (which judge all tools, so `tool` is `*`).
   */
  readonly kind: 'rate_limit' | 'spend' | { readonly state: string } | { readonly custom: string };
  readonly window: Window;
  readonly sliding: boolean;
}

export function counterBase(owner: CounterOwner): string {
  const kind = typeof owner.kind === 'string' ? [owner.kind] : Object.entries(owner.kind).flat();
  const window = owner.sliding ? `sliding-${owner.window}` : owner.window;
  const name = owner.name === null ? [] : [`:${owner.name}`];
  return [owner.server, owner.tool, ...name, ...kind, window].map(encodePart).join('/');
}

/** Currency codes a counter may be kept under; upper-cased, so that `usd` and `USD` share one total. */
export const CURRENCY_PATTERN = '^[A-Za-z0-9]{2,12}$';

/** Per values longer than this many characters are refused: a key must not grow with the agent's input. */
export const PER_VALUE_MAX = 256;

export function counterKey(base: string, currency: string | null, per: string | null): string {
  return `${base}${currency === null ? '' : `/${currency.toUpperCase()}`}${per === null ? '' : `@${per}`}`;
}

function encodePart(part: string): string {
  return encodeURIComponent(part).replaceAll('%3A', ':').replaceAll('%20', ' ').replaceAll('%23', '#');
}
