// Parses a policy file: what YAML offers beyond plain data (merge keys, tags, several documents, endless aliases) is a
// problem here, so that a policy reads the same to people and to Regent.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
} from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import { plainDecimal } from '../model/exact-number.ts';
import type { NumberLiteral, Position } from '../model/policy.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';

export interface ParsedYaml {
  /** null where nothing could be read. */
  readonly root: YamlNode | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Aliases multiply what a file holds: beyond so many nodes it is refused. */
const NODES_MAX = 200_000;
const DEPTH_MAX = 100;
const NUMBER_DIGITS_MAX = 64;

interface Conversion {
  readonly document: Document;
  readonly place: (node: { range?: readonly number[] | null | undefined } | null | undefined) => Position;
  readonly report: (code: string, position: Position, message: string, suggestion?: string) => void;
  nodes: number;
}

/** Never throws. `file` is the name that positions bear. */
export function parseYaml(file: string, text: string): ParsedYaml {
  const diagnostics: Diagnostic[] = [];
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const report: Conversion['report'] = (code, position, message, suggestion) =>
    void diagnostics.push({ code, position, path: '', message, suggestion: suggestion ?? null });

  const documents = parseDocuments(text, lines);
  const [document, second] = documents;
  reportSyntax(report, at, documents);
  if (document === undefined || document.contents === null) {
    if (diagnostics.length === 0)
      report('empty-file', at(0), 'the policy is empty', 'start with version: "1"');
    return { root: null, diagnostics };
  }
  if (second !== undefined) {
    report(
      'several-documents',
      at(second.range?.[0] ?? 0),
      'a policy file holds one document',
      'put each policy in a file of its own',
    );
  }
  const place: Conversion['place'] = (node) => at(node?.range?.[0] ?? 0);
  const root = convert({ document, place, report, nodes: 0 }, document.contents, 0);
  return { root, diagnostics };
}

function parseDocuments(text: string, lineCounter: LineCounter): Document[] {
  const documents = parseAllDocuments(text, {
    lineCounter,
    version: '1.2',
    merge: false,
    uniqueKeys: false,
    stringKeys: false,
    logLevel: 'silent',
  });
  return Array.isArray(documents) ? [...documents] : [];
}

/** The first error of each line: what follows on a line, and what the parser then skips, are its consequences. */
function reportSyntax(
  report: Conversion['report'],
  at: (offset: number) => Position,
  documents: readonly Document[],
): void {
  const lines = new Set<number>();
  for (const error of documents.flatMap(({ errors }) => errors)) {
    const position = at(error.pos[0]);
    const isConsequence = lines.size > 0 && error.message.includes('in YAML stream');
    if (isConsequence || lines.has(position.line)) continue;
    lines.add(position.line);
    const [first = error.message] = error.message.split('\n');
    report('yaml-syntax', position, first.replace(/ at line \d+, column \d+:?$/, ''));
  }
}

function convert(work: Conversion, node: Node | null, depth: number): YamlNode | null {
  work.nodes += 1;
  if (work.nodes > NODES_MAX || depth > DEPTH_MAX) {
    if (work.nodes !== Number.POSITIVE_INFINITY)
      work.report('too-large', work.place(node), 'the policy is nested or repeated beyond measure');
    work.nodes = Number.POSITIVE_INFINITY;
    return null;
  }
  if (isAlias(node)) return convertAlias(work, node, depth);
  if (isMap(node))
    return {
      kind: 'map',
      position: work.place(node),
      entries: convertEntries(work, node.items as Pair<Node, Node | null>[], depth),
    };
  if (isSeq(node)) {
    const items = node.items.flatMap((item) => convert(work, item as Node, depth + 1) ?? []);
    return { kind: 'list', position: work.place(node), items };
  }
  if (isScalar(node)) return convertScalar(work, node);
  return { kind: 'scalar', position: work.place(node), value: null, source: '' };
}

function convertAlias(work: Conversion, alias: Alias, depth: number): YamlNode | null {
  const target = alias.resolve(work.document);
  if (target !== undefined) return convert(work, target, depth + 1);
  work.report('unknown-alias', work.place(alias), `nothing is called &${alias.source} above`);
  return null;
}

function convertEntries(
  work: Conversion,
  pairs: readonly Pair<Node, Node | null>[],
  depth: number,
): YamlEntry[] {
  const entries: YamlEntry[] = [];
  const seen = new Set<string>();
  for (const { key, value } of pairs) {
    const keyPosition = work.place(key);
    const name = keyText(key);
    if (name === null) {
      work.report('bad-key', keyPosition, 'a key must be a text');
    } else if (name === '<<') {
      work.report('bad-key', keyPosition, 'merge keys are not supported', 'write the keys out');
    } else if (seen.has(name)) {
      work.report(
        'duplicate-key',
        keyPosition,
        `${JSON.stringify(name)} stands twice here`,
        'keep one of them',
      );
    } else {
      seen.add(name);
      const converted = value === null ? emptyScalar(keyPosition) : convert(work, value, depth + 1);
      if (converted !== null) entries.push({ key: name, keyPosition, value: converted });
    }
  }
  return entries;
}

/** Numbers and the like as they are written: a tool may be called `404`. */
function keyText(key: Node | null): string | null {
  if (!isScalar(key)) return null;
  return typeof key.value === 'string' ? key.value : (key.source ?? null);
}

function emptyScalar(position: Position): YamlNode {
  return { kind: 'scalar', position, value: null, source: '' };
}

function convertScalar(work: Conversion, node: Scalar): YamlNode {
  const position = work.place(node);
  const source = node.source ?? String(node.value);
  if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
    work.report('bad-tag', position, `the tag ${node.tag} means nothing here`, 'leave it out');
  }
  return { kind: 'scalar', position, source, value: scalarValue(work, node, source) };
}

function scalarValue(
  work: Conversion,
  { value, range }: Scalar,
  source: string,
): string | boolean | null | NumberLiteral {
  if (typeof value === 'number' || typeof value === 'bigint') {
    const isDecimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(source);
    const number = isDecimal ? plainDecimal(source, NUMBER_DIGITS_MAX) : null;
    if (number !== null) return { number };
    work.report(
      'bad-number',
      work.place({ range }),
      `${source} is not a plain decimal number`,
      'write it with digits, such as 500.00',
    );
    // Reported already; 1 is what no other check complains of.
    return { number: '1' };
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
