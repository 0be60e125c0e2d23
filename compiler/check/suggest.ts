// "Did you mean": the known word that a mistyped or foreign one stands for.
import { FOREIGN_WORDS } from '../schema/foreign-words.ts';
import type { KeyPlaces, KeyTable } from '../schema/grammar.ts';

/** Words that are all told where no one of them is near. */
const TOLD_MAX = 12;
/** Among more names than this a near one says little, and looking for it takes long. */
const KNOWN_MAX = 200;
const LENGTH_MAX = 64;
/** A key that stands in more places than this is no hint at any of them. */
const PLACES_MAX = 4;

/** `did you mean "hide"?`, or what is known, where it is little. */
export function suggestWord(word: string, known: readonly string[]): string | undefined {
  const nearest = suggestNearest(word, known);
  if (nearest !== undefined) return nearest;
  return known.length > 0 && known.length <= TOLD_MAX ? `known here: ${known.join(', ')}` : undefined;
}

/** As `suggestWord`, for words that the message itself lists. */
export function suggestNearest(word: string, known: readonly string[]): string | undefined {
  const nearest = foreignWord(word, known) ?? nearestWord(word, known);
  return nearest === undefined ? undefined : `did you mean ${JSON.stringify(nearest)}?`;
}

/** Also says where a key belongs that only stands in the wrong place. */
export function suggestKey(key: string, table: KeyTable, tables: KeyPlaces): string | undefined {
  const known = Object.keys(table);
  const places = tables.filter(([, other]) => Object.hasOwn(other, key)).map(([place]) => place);
  const isElsewhere = places.length > 0 && places.length <= PLACES_MAX;
  if (foreignWord(key, known) !== undefined || !isElsewhere) return suggestWord(key, known);
  return `it belongs in ${places.join(' or ')}`;
}

function foreignWord(word: string, known: readonly string[]): string | undefined {
  const plain = word.toLowerCase().replaceAll('-', '_');
  const meanings = Object.hasOwn(FOREIGN_WORDS, plain) ? FOREIGN_WORDS[plain] : undefined;
  return meanings?.find((meaning) => known.includes(meaning));
}

/** Without the words of other products. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length > KNOWN_MAX || word.length > LENGTH_MAX) return undefined;
  const plain = word.toLowerCase();
  let nearest: string | undefined;
  let limit = Math.max(1, Math.floor(word.length / 3));
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const distance = editDistance(plain, candidate.toLowerCase());
    if (distance > limit || (nearest !== undefined && distance === limit)) continue;
    nearest = candidate;
    limit = distance;
  }
  return nearest;
}

/** Letters to insert, remove, replace or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(
          at(row, j - 1) + cost,
          at(row, j) + 1,
          at(next, j - 1) + 1,
          isSwap ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
