// Makes what a server says of itself fit for a YAML file that people review: nothing in it can end a comment, hide or reorder text.

/** Control, format (bidi, zero-width), private and unassigned characters, surrogates, and line and paragraph separators. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** One line of plain text; what cannot be seen is spelled out, such as `\u202e`. */
export function plainText(text: string): string {
  return text
    .replace(/[\s\u0085]+/gu, ' ')
    .trim()
    .replace(INVISIBLE, escapeCharacter);
}

/** A scalar as YAML's double-quoted text (or bare number or boolean); null where YAML cannot spell it. */
export function yamlScalar(value: string | number | boolean): string | null {
  if (typeof value !== 'string') return String(value);
  if (/\p{Cs}/u.test(value)) return null;
  return JSON.stringify(value).replace(INVISIBLE, escapeCharacter);
}

/** Lines of at most `width` characters, cut off after `maxLength` characters. */
export function wrapText(text: string, width: number, maxLength: number): string[] {
  const characters = [...text];
  const kept = characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
  const lines: string[] = [];
  for (const word of kept.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(...chunks(word, width));
  }
  return lines;
}

function chunks(word: string, width: number): string[] {
  const characters = [...word];
  const pieces = [];
  for (let at = 0; at < characters.length; at += width)
    pieces.push(characters.slice(at, at + width).join(''));
  return pieces;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) as number;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
