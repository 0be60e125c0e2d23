// Turns the YAML library's nodes into ours, and refuses what is no plain data: tags, merge keys, keys that are no texts,
// numbers that are not written in decimal digits, aliases that multiply beyond measure.
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { plainDecimal } from '../model/exact-number.ts';
import type { NumberLiteral, Position } from '../model/policy.ts';
import { quoteText, shortenText } from './quote-text.ts';
import type { AliasTargets } from './resolve-aliases.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';
import { joinPath } from './yaml-path.ts';

/** Aliases multiply what a file holds: beyond so many nodes it is refused. */
const NODES_MAX = 200_000;
const DEPTH_MAX = 100;
const NUMBER_DIGITS_MAX = 64;
/** A zero in front makes it octal for readers of YAML 1.1, so it is not taken for a number here. */
const PLAIN_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** A number to readers of YAML 1.1, a text to those of 1.2. */
const GROUPED_NUMBER = /^[-+]?\d[\d_]*_[\d_]*(\.\d[\d_]*)?$/;
/** What these tags say is what the value says anyway. */
const PLAIN_TAGS = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map(
  (name) => `tag:yaml.org,2002:${name}`,
);

export interface Problem {
  readonly code: string;
  readonly position: Position;
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

export interface Conversion {
  readonly targets: AliasTargets;
  readonly place: (node: { range?: readonly number[] | null | undefined } | null | undefined) => Position;
  readonly report: (problem: Problem) => void;
  /** Nodes so far; infinite once there were too many. */
  nodes: number;
}

/** Where a node stands in the document. */
interface Spot {
  readonly path: string;
  readonly depth: number;
}

export const TOP: Spot = { path: '', depth: 0 };

export function convertNode(work: Conversion, node: Node | null, spot: Spot): YamlNode | null {
  work.nodes += 1;
  const position = work.place(node);
  const { path, depth } = spot;
  if (work.nodes > NODES_MAX || depth > DEPTH_MAX) {
    if (work.nodes !== Number.POSITIVE_INFINITY)
      work.report({
        code: 'too-large',
        position,
        path: '',
        message: 'the policy is nested or repeated beyond measure',
      });
    work.nodes = Number.POSITIVE_INFINITY;
    return null;
  }
  if (isAlias(node)) return convertAlias(work, node, spot);
  if (node !== null) reportTag(work, node, path);
  if (isMap(node))
    return {
      kind: 'map',
      position,
      entries: convertEntries(work, node.items as Pair<Node, Node | null>[], spot),
    };
  if (isSeq(node)) {
    const items = node.items.flatMap(
      (item, index) =>
        convertNode(work, item as Node | null, { path: joinPath(path, index), depth: depth + 1 }) ?? [],
    );
    return { kind: 'list', position, items };
  }
  return isScalar(node) ? convertScalar(work, node, path) : emptyScalar(position);
}

function convertAlias(work: Conversion, alias: Alias, { path, depth }: Spot): YamlNode | null {
  const target = work.targets.get(alias);
  if (target !== undefined) return convertNode(work, target, { path, depth: depth + 1 });
  const message = `no anchor ${quoteText(alias.source)} stands above`;
  const suggestion = `if it is a text, put it in quotes: ${quoteText(`*${alias.source}`)}`;
  work.report({ code: 'unknown-alias', position: work.place(alias), path, message, suggestion });
  return null;
}

function reportTag(work: Conversion, node: Node, path: string): void {
  const tag = node.tag;
  // The library gives some plain nodes their standard tag: only those that are written differ from what is plain.
  if (tag === undefined || PLAIN_TAGS.includes(tag)) return;
  const message = `the tag ${quoteText(tag.replace('tag:yaml.org,2002:', '!!'))} means nothing here`;
  work.report({ code: 'bad-tag', position: work.place(node), path, message, suggestion: 'leave it out' });
}

function convertEntries(
  work: Conversion,
  pairs: ReadonlyArray<Pair<Node, Node | null>>,
  { path, depth }: Spot,
): YamlEntry[] {
  const entries: YamlEntry[] = [];
  const seen = new Set<string>();
  for (const { key, value } of pairs) {
    const keyPosition = work.place(key);
    const name = readKey(work, key, { path, seen });
    if (name === null) continue;
    seen.add(name);
    const spot = { path: joinPath(path, name), depth: depth + 1 };
    const converted = value === null ? emptyScalar(keyPosition) : convertNode(work, value, spot);
    if (converted !== null) entries.push({ key: name, keyPosition, value: converted });
  }
  return entries;
}

interface KeyPlace {
  readonly path: string;
  readonly seen: ReadonlySet<string>;
}

/** null: reported. */
function readKey(work: Conversion, key: Node | null, { path, seen }: KeyPlace): string | null {
  const name = keyText(key);
  const position = work.place(key);
  if (name === null || hasHalfCharacter(name)) {
    const suggestion = isAlias(key)
      ? 'put a name that begins with * in quotes, such as "*"'
      : 'put it in quotes';
    work.report({ code: 'bad-key', position, path, message: 'a key must be a text', suggestion });
    return null;
  }
  const below = joinPath(path, name);
  if (name === '<<') {
    const message = 'merge keys are not supported';
    work.report({ code: 'bad-key', position, path: below, message, suggestion: 'write the keys out' });
    return null;
  }
  if (!seen.has(name)) return name;
  const message = `${quoteText(name)} stands twice here`;
  work.report({ code: 'duplicate-key', position, path: below, message, suggestion: 'keep one of them' });
  return null;
}

/** Numbers and the like as they are written: a tool may be called `404`. */
function keyText(key: Node | null): string | null {
  if (!isScalar(key)) return null;
  return typeof key.value === 'string' ? key.value : (key.source ?? null);
}

function emptyScalar(position: Position): YamlNode {
  return { kind: 'scalar', position, value: null, source: '' };
}

function convertScalar(work: Conversion, node: Scalar, path: string): YamlNode {
  const source = node.source ?? String(node.value);
  const position = work.place(node);
  return { kind: 'scalar', position, source, value: scalarValue(work, node, { path, source }) };
}

interface Written {
  readonly path: string;
  readonly source: string;
}

/** What is reported already stands as 1, of which no other check complains. */
function badNumber(work: Conversion, node: Scalar, { path, source }: Written): NumberLiteral {
  const message = `${shortenText(source)} is not a plain decimal number`;
  const suggestion = GROUPED_NUMBER.test(source)
    ? `write ${shortenText(source.replace(/[+_]/g, ''))}, or in quotes where it is a text`
    : 'write it with digits, such as 500.00';
  work.report({ code: 'bad-number', position: work.place(node), path, message, suggestion });
  return { number: '1' };
}

function scalarValue(
  work: Conversion,
  node: Scalar,
  { path, source }: Written,
): string | boolean | null | NumberLiteral {
  const { value } = node;
  const position = work.place(node);
  if (typeof value === 'number' || typeof value === 'bigint') {
    const number = PLAIN_NUMBER.test(source) ? plainDecimal(source, NUMBER_DIGITS_MAX) : null;
    return number === null ? badNumber(work, node, { path, source }) : { number };
  }
  if (node.type === 'PLAIN' && node.tag === undefined && GROUPED_NUMBER.test(source))
    return badNumber(work, node, { path, source });
  if (typeof value === 'string' && hasHalfCharacter(value)) {
    const message = `${quoteText(value)} holds half of a character, which no message can hold`;
    work.report({ code: 'bad-value', position, path, message });
    return '';
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

function hasHalfCharacter(text: string): boolean {
  return /\p{Cs}/u.test(text);
}
