// Paths as Rego: a step by name is a reference, `[*]` is a walk over every element.
import type { ArgumentPath } from '../../model/policy.ts';
import { type Body, printEvery, printTruths } from './print-rego.ts';
import { joinRef } from './rego-text.ts';
import type { Place } from './rule-sheet.ts';

export interface PathStart {
  readonly place: Place;
  readonly steps: ArgumentPath;
}

export interface PathEnd {
  /** The ways in which the value at the end holds (or is refuted). */
  readonly leaf: (place: Place) => readonly Body[];
  /** What the lack of a whole array counts for; the leaf speaks for its own value. */
  readonly missingArray: 'counts' | 'does not count';
}

/** The ways in which all values at the path hold. `either` joins several ways for one element in one expression. */
export function holdAtPath(
  { place, steps }: PathStart,
  end: PathEnd,
  either: (place: Place, ways: readonly Body[]) => string,
): readonly Body[] {
  const { here, rest } = walkNames(place, steps);
  if (rest === null) return end.leaf(here);
  const element = elementOf(here);
  const ways = holdAtPath({ place: element, steps: rest }, end, either);
  const [only, ...others] = ways;
  const body = only !== undefined && others.length === 0 ? only : [either(element, ways)];
  const walk = [`is_array(${here.text})`, printEvery(element.text, here.text, body)];
  return end.missingArray === 'counts' ? [[isMissing(here.text)], walk] : [walk];
}

/** The ways in which some value at the path is refuted: one element is enough. */
export function refuteAtPath({ place, steps }: PathStart, end: PathEnd): readonly Body[] {
  const { here, rest } = walkNames(place, steps);
  if (rest === null) return end.leaf(here);
  const element = elementOf(here);
  const some = [`is_array(${here.text})`, `some ${element.text} in ${here.text}`];
  const below = refuteAtPath({ place: element, steps: rest }, end).map((body) => [...some, ...body]);
  return end.missingArray === 'counts' ? [[isMissing(here.text)], ...below] : below;
}

/**
 * True where the expression is false or has no value. `not` is no help there: OPA evaluates what a negated call is given
 * before the negation, so that `not type_name(x)` has no value itself where x has none.
 */
export function hasNoTruth(expression: string): string {
  return `${printTruths([expression])} == []`;
}

/** True where a way does not hold: some line of it is false or has no value. */
export function hasNoWay(way: Body): string {
  const [only = '', ...others] = way;
  const [, present] = others.length === 0 ? (ABSENCE.exec(only) ?? []) : [];
  return present ?? `${printTruths(way)} == []`;
}

/** As `isMissing` prints it. */
const ABSENCE = /^\[true \| (type_name\(.*\))\] == \[\]$/;

/** True where there is no value. */
export function isMissing(value: string): string {
  return hasNoTruth(isPresent(value));
}

/** True of every value, null and false included. */
export function isPresent(value: string): string {
  return `type_name(${value})`;
}

export function memberOf(place: Place, name: string): Place {
  return { text: joinRef(place.text, [name]), variable: place.variable };
}

/** The variable for the elements of the array at a place; deeper ones are numbered. */
export function elementOf({ variable }: Place): Place {
  const depth = variable === null ? 1 : Number(variable.split('_')[1] ?? 1) + 1;
  const text = depth === 1 ? 'item' : `item_${depth}`;
  return { text, variable: text };
}

/** `items[*].price`, as reasons name an argument. */
export function describePath(path: ArgumentPath): string {
  return path
    .map((step, index) => {
      if (typeof step !== 'string') return '[*]';
      if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

function walkNames(place: Place, steps: ArgumentPath): { here: Place; rest: ArgumentPath | null } {
  const stop = steps.findIndex((step) => typeof step !== 'string');
  const names = (stop < 0 ? steps : steps.slice(0, stop)).filter((step) => typeof step === 'string');
  const here = { text: joinRef(place.text, names), variable: place.variable };
  return { here, rest: stop < 0 ? null : steps.slice(stop + 1) };
}
