// YAML paths for people: `tools.pay.rules[0].spend`, with quotes around keys that are no plain words.
import { quoteText } from './quote-text.ts';

/** `step` is a key or, as a number, the place of an element. */
export function joinPath(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  const isPlain = /^[A-Za-z_][\w-]{0,127}$/.test(step);
  if (!isPlain) return `${path}[${quoteText(step)}]`;
  return path === '' ? step : `${path}.${step}`;
}
