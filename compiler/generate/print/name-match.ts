// Names and globs as Rego conditions: the plain forms as prefix and suffix tests, which cost nothing beside a regex.
import type { NamePattern } from '../../model/policy.ts';
import type { Body } from './print-rego.ts';
import { printMember } from './print-rego.ts';
import { quotePattern, quoteText } from './rego-text.ts';

/** One body for all exact names together, and one for each glob; any of them may match. */
export function matchAny(value: string, patterns: readonly NamePattern[]): readonly Body[] {
  const exact = patterns.filter(({ isGlob }) => !isGlob).map(({ text }) => quoteText(text));
  const globs = patterns.filter(({ isGlob }) => isGlob).map(({ text }) => matchGlob(value, text));
  return exact.length === 0 ? globs : [[printMember(value, exact)], ...globs];
}

/** `*` is any run of characters, also none, also line breaks; `?` is one code point; the whole name must match. */
export function matchGlob(value: string, glob: string): Body {
  const parts = glob.replace(/\*+/g, '*').split('*');
  const [start = '', end = ''] = parts;
  if (glob.includes('?') || parts.length > 3) return [printRegex(value, glob)];
  if (parts.length === 3) {
    const [, middle = '', last = ''] = parts;
    return start === '' && last === ''
      ? [`contains(${value}, ${quoteText(middle)})`]
      : [printRegex(value, glob)];
  }
  if (parts.length === 1) return [`${value} == ${quoteText(glob)}`];
  const tests = [
    start === '' ? '' : `startswith(${value}, ${quoteText(start)})`,
    end === '' ? '' : `endswith(${value}, ${quoteText(end)})`,
    // `ab*b` must not take the b of `ab` twice.
    start === '' || end === '' ? '' : `count(${value}) >= ${Array.from(start + end).length}`,
  ].filter((test) => test !== '');
  return tests.length === 0 ? [`is_string(${value})`] : tests;
}

function printRegex(value: string, glob: string): string {
  const source = Array.from(glob.replace(/\*+/g, '*'), (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : character.replace(/[\\^$.|+()[\]{}]/g, '\\$&'),
  ).join('');
  return `regex.match(${quotePattern(`(?s)^${source}$`)}, ${value})`;
}

/** Most characters first; equal ones in the order given. */
export function byLength<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const length = (item: T): number => Array.from(textOf(item)).length;
  return [...items].sort((a, b) => length(b) - length(a));
}
