// Globs over names, exactly as the generated Rego matches them: `*` is any run of characters, `?` is one.

/** A full-match predicate; `*` and `?` also match line breaks, `?` takes one code point. */
export function compileGlob(glob: string): (name: string) => boolean {
  if (!/[*?]/.test(glob)) return (name) => name === glob;
  const source = Array.from(glob, (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : character.replace(/[\\^$.|+()[\]{}/]/g, '\\$&'),
  ).join('');
  const pattern = new RegExp(`^${source}$`, 'su');
  return (name) => pattern.test(name);
}
