// What to do about the slips that the YAML library tells of in its own words.
import type { YAMLParseError } from 'yaml';

const ADVICE: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent keys of one mapping equally',
  BAD_ALIAS: 'a text that begins with * stands in quotes, such as "*"',
  BAD_DQ_ESCAPE: 'put the text in single quotes, where a backslash is one',
  BAD_SCALAR_START: 'put the text in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put a text with a colon in quotes',
};

/** undefined: the message says it all. */
export function adviseSyntax({ code, message }: YAMLParseError): string | undefined {
  // Of a name that begins with * and of one without a colon alike.
  if (message.startsWith('Implicit map keys need'))
    return 'is there a colon, and are names with * in quotes?';
  if (message.startsWith('Missing closing')) return 'a quote above is never closed';
  return ADVICE[code];
}
