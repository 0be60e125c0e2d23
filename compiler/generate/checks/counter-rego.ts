// Counter keys as Rego: the same text that `counterKey` composes in the host.
import type { ArgumentPath, Per } from '../../model/policy.ts';
import { printArray, printDefault, printRule } from '../print/print-rego.ts';
import { joinRef, quoteText } from '../print/rego-text.ts';
import type { RuleContext } from './rule-context.ts';

/** The parts of a key that come from the call, as Rego that is a text where the part can be read. */
export interface KeyParts {
  readonly currency: string | null;
  readonly per: string | null;
}

export const NO_KEY_PARTS: KeyParts = { currency: null, per: null };

/**
 * The key as Rego: a text, or a rule that is added to hold it. Where the key cannot be composed it is "", which no counter
 * has.
 */
export function addCounterKey(
  { sheet }: RuleContext,
  wish: string,
  key: KeyParts & { base: string },
): string {
  const { base, currency, per } = key;
  if (currency === null && per === null) return quoteText(base);
  const name = sheet.claimName(wish);
  const start = currency === null ? [quoteText(`${base}@`)] : [quoteText(`${base}/`), currency];
  const end = per === null ? [] : currency === null ? [per] : ['"@"', per];
  const needed = [currency, per].filter((part) => part !== null).map((part) => `is_string(${part})`);
  sheet.add(printDefault(name, '""'));
  sheet.add(printRule(`${name} := concat("", ${printArray([...start, ...end])})`, needed));
  return name;
}

/** True where the counter can take the amount without passing the cap. The arguments always have a value. */
export function hasRoom(
  { sheet }: RuleContext,
  { counter, amount }: { readonly counter: string; readonly amount: string },
  cap: number,
): string {
  sheet.useLibrary('counters');
  return `counters.has_room(${counter}, ${amount}, ${cap})`;
}

/** Adds the rule that holds an amount that the host has read, or null where it could not be read. */
export function addAmount(context: RuleContext, wish: string, id: string): string {
  return addReading(context, wish, `counters.amount(${joinRef('input.amounts', [id])})`);
}

/** Adds the rule that holds the currency's code in upper case, or null where it is none. */
export function addCurrency(context: RuleContext, path: ArgumentPath): string {
  return addReading(context, `${context.prefix}_currency`, `counters.currency(${argumentRef(path)})`);
}

/** What separate counters are kept for, as Rego; null where the argument cannot be read. */
export function addPer(context: RuleContext, per: Per, wish: string): string {
  switch (per.by) {
    case 'tool':
      return 'input.tool';
    case 'agent':
      return 'input.agent.id';
    case 'session':
      return 'input.session';
    case 'argument':
      return addReading(context, wish, `counters.per_value(${argumentRef(per.path)})`);
  }
}

function addReading({ sheet }: RuleContext, wish: string, reading: string): string {
  sheet.useLibrary('counters');
  const name = sheet.claimName(wish);
  sheet.add(printDefault(name, 'null'));
  sheet.add(`${name} := ${reading}`);
  return name;
}

/** Such paths name one value: they have no `[*]`. */
function argumentRef(path: ArgumentPath): string {
  return joinRef(
    'input.arguments',
    path.filter((step) => typeof step === 'string'),
  );
}
