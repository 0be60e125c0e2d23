// Bounds a text whose length a stranger chose.

/** At most so many code points; `…` says that there were more. No character is cut in two. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  // Two units a character at most: the rest of a very long text is not looked at.
  const characters = Array.from(text.slice(0, (max + 1) * 2));
  return characters.length <= max ? text : `${characters.slice(0, max).join('')}…`;
}
