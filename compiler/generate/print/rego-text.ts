// Turns texts of a policy into Rego and YAML source: the one place where foreign text is quoted.
//
// Names, reasons and patterns come from a YAML file and land in source code, in comments too. A line break in a comment
// would be code, and an invisible character would hide code from a reviewer: both leave here only as escapes.

/** Control, format, private-use and separator characters: what a reviewer cannot see, or YAML does not take. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Those that `opa fmt` leaves in brackets: it prints `data`, `input` and `set` as any other name. */
const KEYWORDS = new Set(
  'as contains default else every false if import in not null package some true with'.split(' '),
);

/** A Rego string literal. Lone surrogates, which UTF-8 cannot carry, become U+FFFD. */
export function quoteText(text: string): string {
  return JSON.stringify(wellFormed(text)).replace(INVISIBLE, escapeUnits);
}

/** A pattern as a raw string where that is the same text, since raw patterns are the readable ones. */
export function quotePattern(pattern: string): string {
  return /^[\x20-\x5f\x61-\x7e]*$/.test(pattern) ? `\`${pattern}\`` : quoteText(pattern);
}

/** A scalar of the YAML that stands in METADATA comments. */
export function quoteYaml(text: string): string {
  if (/^[A-Za-z]([\w ./-]*[\w.])?$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)) {
    return text;
  }
  return JSON.stringify(wellFormed(text)).replace(INVISIBLE, escapePoint);
}

/** Text inside an ordinary comment. */
export function commentText(text: string): string {
  return wellFormed(text).replace(INVISIBLE, escapePoint);
}

/**
 * `opa fmt` (1.22.2) prints texts inside references with Go's escapes (`\x01`, `\U000e0001`), which Rego does not read.
 * These are the characters that it can happen to; inside a call they keep their own escapes.
 */
const MISPRINTED_IN_REFS = /[\p{Cc}\u{10000}-\u{10FFFF}]/u;

/** `input.arguments` and `zip` make `input.arguments.zip`; odd names and keywords stand in brackets. */
export function joinRef(base: string, names: readonly string[]): string {
  return names.reduce((ref, name) => `${ref}${isPlainName(name) ? `.${name}` : `[${quoteKey(name)}]`}`, base);
}

function quoteKey(name: string): string {
  return MISPRINTED_IN_REFS.test(name) ? `concat("", [${quoteText(name)}])` : quoteText(name);
}

function isPlainName(name: string): boolean {
  return IDENTIFIER.test(name) && !KEYWORDS.has(name);
}

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** YAML joins no surrogate pairs, so each code point is one escape. */
function escapePoint(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}
