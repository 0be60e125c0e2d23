// Globs by plain recursion: which names a pattern means, and which of several entries covers a tool or an agent.
import type { NamePattern } from '../../compiler/model/policy.ts';

export function matchesGlob(glob: string, name: string): boolean {
  const [sign, ...signs] = Array.from(glob);
  const [first, ...others] = Array.from(name);
  if (sign === undefined) return first === undefined;
  const rest = signs.join('');
  if (sign === '*')
    return matchesGlob(rest, name) || (first !== undefined && matchesGlob(glob, others.join('')));
  return first !== undefined && (sign === '?' || sign === first) && matchesGlob(rest, others.join(''));
}

export function matchesPattern({ text, isGlob }: NamePattern, name: string): boolean {
  return isGlob ? matchesGlob(text, name) : text === name;
}

/** The exact name, else the longest glob, else the first of the longest. */
export function findCovering<T>(
  items: readonly T[],
  pattern: (item: T) => NamePattern,
  name: string,
): T | null {
  const exact = items.find((item) => !pattern(item).isGlob && pattern(item).text === name);
  if (exact !== undefined) return exact;
  const matching = items.filter((item) => pattern(item).isGlob && matchesGlob(pattern(item).text, name));
  const lengthOf = (item: T): number => Array.from(pattern(item).text).length;
  const longest = Math.max(...matching.map(lengthOf));
  return matching.find((item) => lengthOf(item) === longest) ?? null;
}
