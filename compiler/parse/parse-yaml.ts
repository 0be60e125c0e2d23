// Parses a policy file: what YAML offers beyond plain data (merge keys, tags, several documents, endless aliases) is a
// problem here, so that a policy reads the same to people and to Regent.
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Position } from '../model/policy.ts';
import { convertNode, type Problem, TOP } from './convert-node.ts';
import { escapeText } from './quote-text.ts';
import { resolveAliases } from './resolve-aliases.ts';
import { adviseSyntax } from './syntax-advice.ts';
import type { YamlNode } from './yaml-node.ts';

export interface ParsedYaml {
  /** null where nothing could be read. */
  readonly root: YamlNode | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** A thousand tools with rules take a tenth of this. */
const LENGTH_MAX = 2 * 1024 * 1024;

/** What follows so many broken lines is no news. */
const SYNTAX_MAX = 100;

interface Reading {
  readonly at: (offset: number) => Position;
  readonly report: (problem: Problem) => void;
}

/** Never throws. `file` is the name that positions bear. */
export function parseYaml(file: string, text: string): ParsedYaml {
  const diagnostics: Diagnostic[] = [];
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const report = ({ suggestion, ...problem }: Problem): void =>
    void diagnostics.push({ ...problem, suggestion: suggestion ?? null });
  const documents = parseDocuments(text, lines);
  const root = documents === null ? tooLarge({ at, report }) : readDocuments(documents, { at, report });
  if (documents !== null) reportDirectives({ at, report }, documents, text);
  if (root === null && diagnostics.length === 0) {
    const suggestion = 'start with version: "1"';
    report({ code: 'empty-file', position: at(0), path: '', message: 'the policy is empty', suggestion });
  }
  return { root, diagnostics };
}

/** null: more than the parser can take. */
function parseDocuments(text: string, lineCounter: LineCounter): Document[] | null {
  if (text.length > LENGTH_MAX) return null;
  try {
    const documents = parseAllDocuments(text, {
      lineCounter,
      version: '1.2',
      merge: false,
      uniqueKeys: false,
      stringKeys: false,
      logLevel: 'silent',
      // Pretty errors quote the line each time, which takes for ever on a long line with many errors.
      prettyErrors: false,
    });
    return Array.isArray(documents) ? [...documents] : [];
  } catch (error) {
    // The parser recurses and spreads: its stack ends on texts far beyond any policy.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function tooLarge({ at, report }: Reading): null {
  const message = 'the policy is larger or more deeply nested than any policy can be';
  report({ code: 'too-large', position: at(0), path: '', message });
  return null;
}

function readDocuments(documents: readonly Document[], reading: Reading): YamlNode | null {
  const { at, report } = reading;
  const [document, second] = documents;
  const errors = documents.flatMap((each) => each.errors);
  if (errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return tooLarge(reading);
  reportSyntax(reading, errors);
  if (document === undefined || document.contents === null) return null;
  if (second !== undefined) {
    const position = at(second.range?.[0] ?? 0);
    const suggestion = 'put each policy in a file of its own';
    const message = 'a policy file holds one document';
    report({ code: 'several-documents', position, path: '', message, suggestion });
  }
  const targets = resolveAliases(document.contents);
  const place = (node: { range?: readonly number[] | null | undefined } | null | undefined): Position =>
    at(node?.range?.[0] ?? 0);
  return convertNode({ targets, place, report, nodes: 0 }, document.contents, TOP);
}

/** The first error of each line: what follows on a line, and what the parser then skips, are its consequences. */
function reportSyntax({ at, report }: Reading, errors: Document['errors']): void {
  const lines = new Set<number>();
  for (const error of errors) {
    if (lines.size === SYNTAX_MAX) return;
    const position = at(error.pos[0]);
    const isConsequence = lines.size > 0 && error.message.includes('in YAML stream');
    if (isConsequence || lines.has(position.line)) continue;
    lines.add(position.line);
    const message = escapeText(error.message);
    report({ code: 'yaml-syntax', position, path: '', message, suggestion: adviseSyntax(error.message) });
  }
}

/** `%YAML 1.1` would change what `yes` and `010` mean, `%TAG` what tags mean. */
function reportDirectives({ at, report }: Reading, documents: readonly Document[], text: string): void {
  const hasDirectives = documents.some(
    ({ directives, warnings }) =>
      directives?.yaml.explicit === true ||
      Object.keys(directives?.tags ?? {}).some((tag) => tag !== '!!') ||
      warnings.some(({ code }) => code === 'BAD_DIRECTIVE'),
  );
  if (!hasDirectives) return;
  const position = at(Math.max(text.search(/^%/m), 0));
  const message = 'directives such as %YAML and %TAG are not supported';
  report({ code: 'bad-directive', position, path: '', message, suggestion: 'leave them out' });
}
