// Globs of `exclude_files` as Go's path.Match reads them: `*` and `?` stop at a slash, `[a-z]` and `[^a-z]` are classes,
// a backslash takes the next character as it stands.

const PART = /\*|\?|\[(\^?)((?:\\.|[^\]\\])+)\]|\\(.)|([^*?[\\])/gsu;

/** Null where the glob is malformed. */
export function compileFileGlob(glob: string): RegExp | null {
  let end = 0;
  let source = '';
  for (const match of glob.matchAll(PART)) {
    if (match.index !== end) return null;
    end += match[0].length;
    source += printPart(match);
  }
  if (end !== glob.length) return null;
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    return null;
  }
}

function printPart([part, negation, range, escaped, literal]: readonly (string | undefined)[]): string {
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  if (range !== undefined) {
    const printed = range.replaceAll(/\\(.)|\[/gsu, (bracket, taken?: string) => quote(taken ?? bracket));
    return `[${negation ?? ''}${printed}]`;
  }
  return quote(escaped ?? literal ?? '');
}

function quote(character: string): string {
  return character.replace(/[$()*+.?[\\\]^{|}/-]/u, (special) =>
    special === '-' ? '\\x2d' : `\\${special}`,
  );
}
