// Prints XML 1.0 elements: an attribute and a text can hold whatever a test is called.

/** What XML 1.0 cannot hold, not even as a reference (section 2.2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not get through.
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Attributes are normalised: written out, these would become spaces (section 3.3.3).
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** `children` are elements, each on lines of its own; or there is a text. */
export function printElement(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[],
  text = '',
): string {
  const head = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escapeAttribute(String(value))}"`),
  ];
  const open = `<${head.join(' ')}`;
  if (text !== '') return `${open}>${escapeXml(text)}</${name}>`;
  if (children.length === 0) return `${open}/>`;
  return `${open}>\n${children.map(indent).join('\n')}\n</${name}>`;
}

/** Lines inside a text are text, and stay where they are. */
function indent(element: string): string {
  const [first = '', ...others] = element.split(/\n(?=\s*<)/);
  return [first, ...others].map((line) => `  ${line}`).join('\n');
}

function escapeAttribute(text: string): string {
  return visible(text).replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}

/** A carriage return would be read as a line break. */
function escapeXml(text: string): string {
  return visible(text).replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}

function visible(text: string): string {
  return text.replace(
    FORBIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
