// Replaces parts of a line, and leaves every other byte as it was.
import type { Span } from './read-members.ts';

export interface Replacement extends Span {
  readonly text: string;
}

/** The spans must not overlap; they may come in any order. Gives `line` itself where there are none. */
export function replaceSpans(line: Buffer, replacements: readonly Replacement[]): Buffer {
  if (replacements.length === 0) return line;
  const parts: Buffer[] = [];
  let copied = 0;
  for (const { start, end, text } of [...replacements].sort((one, other) => one.start - other.start)) {
    parts.push(line.subarray(copied, start), Buffer.from(text));
    copied = end;
  }
  return Buffer.concat([...parts, line.subarray(copied)]);
}
