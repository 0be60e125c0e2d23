// What to do about the slips that the YAML library tells of in its own words.

/** By how its message begins: one of its codes stands for several slips. */
const ADVICE: ReadonlyArray<readonly [message: string, advice: string]> = [
  ['Tabs are not allowed', 'indent with spaces'],
  ['All mapping items', 'indent the keys of one mapping equally'],
  ['All sequence items', 'indent the elements of one list equally'],
  ['Alias cannot be', 'a text that begins with * stands in quotes, such as "*"'],
  ['Anchor cannot be', 'a text that begins with & stands in quotes'],
  ['Plain value cannot start', 'put the text in quotes'],
  ['Nested mappings are not', 'put a text with a colon in quotes'],
  ['Invalid escape sequence', 'put the text in single quotes, where a backslash is one'],
  ['Missing closing', 'a quote above is never closed'],
  // Of a name that begins with * and of one without a colon alike.
  ['Implicit map keys need', 'is there a colon, and are names with * in quotes?'],
];

/** undefined: the message says it all. */
export function adviseSyntax(message: string): string | undefined {
  return ADVICE.find(([start]) => message.startsWith(start))?.[1];
}
