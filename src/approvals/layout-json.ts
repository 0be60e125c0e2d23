// Lays JSON text out for people, without reading a number: every digit stays as it is.

const INDENT = '  ';

/** `json` has no white space outside texts. Two spaces a level, one member a line. */
export function layOutJson(json: string): string {
  const parts: string[] = [];
  let depth = 0;
  let at = 0;
  const breakLine = (): void => void parts.push('\n', INDENT.repeat(depth));
  for (const token of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:]+/gs)) {
    const [text] = token;
    at = token.index + text.length;
    if (text === '{' || text === '[') {
      parts.push(text);
      depth += 1;
      if (json[at] !== '}' && json[at] !== ']') breakLine();
    } else if (text === '}' || text === ']') {
      depth -= 1;
      const isEmpty = json[token.index - 1] === '{' || json[token.index - 1] === '[';
      if (!isEmpty) breakLine();
      parts.push(text);
    } else if (text === ',') {
      parts.push(text);
      breakLine();
    } else parts.push(text === ':' ? ': ' : text);
  }
  return parts.join('');
}
