// What the agent is told where a limit or an amount stands in the way. Reasons name the limit and its unit, and never
// repeat what the agent sent.
import type { ArgumentPath, Per, RateLimit, Spend, StateCounter, Window } from '../../model/policy.ts';
import { describePath } from '../print/path-rego.ts';

/** `no more than 60 calls a minute` */
export function reasonForRate({ limit, window, sliding, per }: RateLimit): string {
  const calls = limit === 1 ? 'one call' : `${limit} calls`;
  return `no more than ${calls} ${sliding ? `in any ${window}` : during(window)}${describePer(per)}`;
}

/** `amount must be a number of at least 0 with at most 2 decimals` */
export function reasonForAmount({ amount, scale }: Spend): string {
  const name = describePath(amount);
  if (scale === 0) return `${name} must be a whole number of at least 0`;
  return `${name} must be a number of at least 0 with at most ${scale} ${scale === 1 ? 'decimal' : 'decimals'}`;
}

export function reasonForCurrency({ currency }: Spend): string {
  return `${describePath(currency ?? [])} must be a currency code of 2 to 12 letters or digits`;
}

export function reasonForPer(path: ArgumentPath): string {
  return `${describePath(path)} must be a text of at most 256 characters or a whole number`;
}

/** `amount must be at most 500.00 a call` */
export function reasonForPerCall({ amount, perCall, scale }: Spend): string {
  return `${describePath(amount)} must be at most ${printMinorUnits(perCall ?? 0, scale)} a call`;
}

/** `no more than 5000.00 a day` */
export function reasonForCap({ amount, scale, per, currency }: Spend, window: Window, cap: number): string {
  const each = currency === null ? '' : ' in each currency';
  const total = `${describePath(amount)} would bring the total over ${printMinorUnits(cap, scale)} ${during(window)}`;
  return `${total}${each}${describePer(per)}`;
}

export function reasonForIncrement({ incrementFrom }: StateCounter): string {
  return `${describePath(incrementFrom ?? [])} must be a whole number of at least 0`;
}

export function reasonForTotal({ counter }: StateCounter): string {
  return `the counter ${counter} cannot be read, or would grow past what can be counted`;
}

/** 50000 at scale 2 is `500.00`. */
export function printMinorUnits(units: number, scale: number): string {
  if (scale === 0) return String(units);
  const digits = String(units).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function during(window: Window): string {
  return window === 'hour' ? 'an hour' : `a ${window}`;
}

function describePer(per: Per | null): string {
  if (per === null) return '';
  return ` for each ${per.by === 'argument' ? describePath(per.path) : per.by}`;
}
