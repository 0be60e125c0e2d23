// A strict reader of the XML that reports are: elements, attributes, texts, the five entities and references by number.

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Of the element itself. */
  readonly text: string;
}

const NAME = /[A-Za-z_][\w.-]*/y;
const ATTRIBUTE = /\s+([A-Za-z_][\w.-]*)="([^"<]*)"/y;
const TEXT = /[^<]*/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** XML 1.0, section 2.2. */
const CHARACTERS = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

/** The root element. Throws where the text is not well-formed. */
export function parseXml(text: string): XmlElement {
  if (!CHARACTERS.test(text)) throw new Error('a character that XML cannot hold');
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!text.startsWith(declaration)) throw new Error('no declaration');
  const reader = { text, position: declaration.length };
  const root = readElement(reader);
  if (text.slice(reader.position).trim() !== '') throw new Error('something stands behind the root');
  return root;
}

interface Reader {
  readonly text: string;
  position: number;
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray {
  pattern.lastIndex = reader.position;
  const match = pattern.exec(reader.text);
  if (match === null)
    throw new Error(`${pattern} is not at ${reader.text.slice(reader.position, reader.position + 40)}`);
  reader.position += match[0].length;
  return match;
}

function isNext(reader: Reader, text: string): boolean {
  return reader.text.startsWith(text, reader.position);
}

function readElement(reader: Reader): XmlElement {
  take(reader, /</y);
  const [name] = take(reader, NAME);
  const attributes: Record<string, string> = {};
  while (!isNext(reader, '>') && !isNext(reader, '/>')) {
    const [, key = '', value = ''] = take(reader, ATTRIBUTE);
    if (key in attributes) throw new Error(`${key} stands twice`);
    attributes[key] = decode(value);
  }
  const [end] = take(reader, /\/?>/y);
  if (end === '/>') return { name, attributes, children: [], text: '' };
  const children: XmlElement[] = [];
  let text = '';
  for (;;) {
    text += decode(take(reader, TEXT)[0]);
    if (isNext(reader, '</')) break;
    children.push(readElement(reader));
  }
  take(reader, new RegExp(`</${name}>`, 'y'));
  return { name, attributes, children, text };
}

function decode(text: string): string {
  if (/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(text) || text.includes(']]>')) throw new Error(`bare: ${text}`);
  return text.replace(/&(#?)(\w+);/g, (_, number, name) =>
    number === '#' ? String.fromCodePoint(Number(name)) : (ENTITIES[name] ?? ''),
  );
}
