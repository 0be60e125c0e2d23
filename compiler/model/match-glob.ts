// Globs over names, exactly as the generated Rego matches them: `*` is any run of characters, `?` is one.

/** A full-match predicate; `*` and `?` also match line breaks, `?` takes one code point. */
export function compileGlob(glob: string): (name: string) => boolean {
  if (!/[*?]/.test(glob)) return (name) => name === glob;
  const signs = Array.from(glob);
  return (name) => matches(signs, Array.from(name));
}

/**
 * Only the last `*` is ever taken back, so that this ends after |signs| x |name| steps. A regular expression with many
 * `.*` would take exponentially many, and the agent chooses the name.
 */
function matches(signs: readonly string[], name: readonly string[]): boolean {
  let sign = 0;
  let at = 0;
  let star = -1;
  let taken = 0;
  while (at < name.length) {
    if (signs[sign] === '*') {
      star = sign;
      taken = at;
      sign += 1;
    } else if (sign < signs.length && (signs[sign] === '?' || signs[sign] === name[at])) {
      sign += 1;
      at += 1;
    } else if (star >= 0) {
      sign = star + 1;
      taken += 1;
      at = taken;
    } else {
      return false;
    }
  }
  return signs.slice(sign).every((rest) => rest === '*');
}
