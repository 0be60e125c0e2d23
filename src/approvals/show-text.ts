// Makes text of strangers safe to look at: what could hide, reorder or fake text on a screen is shown as what it is.

/**
 * Control and format characters (bidi and tags among them), separators other than a space, lone surrogates, private use,
 * what no font has, and whatever a screen leaves out: fillers, joiners, variation selectors (which can carry text of
 * their own, so that even the one after an emoji is shown), the blank of Braille.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{DI}\u{2800}]|[^\P{Zs} ]/gu;

/** `U+202E` and the like between `⟦` and `⟧`, which stand doubled where they were in the text itself. */
export function showHidden(text: string): string {
  return text.replaceAll('⟦', '⟦⟦').replaceAll('⟧', '⟧⟧').replace(HIDDEN, nameOf);
}

/** As `showHidden`, but line breaks and indentation stay: for JSON that was laid out here. */
export function showHiddenInLines(text: string): string {
  return text.split('\n').map(showHidden).join('\n');
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧`;
}
