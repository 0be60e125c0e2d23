// Names of tools, servers and agents, and the globs over them.
import type { NamePattern, Position } from '../model/policy.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { readList, readText } from './read-values.ts';
import type { Scope } from './report.ts';

const TOOL_CHARACTERS = /^[A-Za-z0-9_.:/*?-]{1,128}$/;
const AGENT_CHARACTERS = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** What a name names: tools and servers share their characters, agents may have any printable ones. */
export type NameKind = 'tool' | 'agent';

/** Reports names that nothing could match, and glob signs that mean nothing here. */
export function checkPattern(
  text: string,
  kind: NameKind,
  at: { position: Position; scope: Scope },
): NamePattern | undefined {
  const { position, scope } = at;
  if (kind === 'tool' && /[[\]{}\\!^]/.test(text)) {
    scope.problem(
      'bad-glob',
      position,
      `${JSON.stringify(text)} is no glob here`,
      'only * (any run of characters) and ? (one character) have a meaning',
    );
    return undefined;
  }
  const isFine = (kind === 'tool' ? TOOL_CHARACTERS : AGENT_CHARACTERS).test(text);
  if (!isFine) {
    const allowed =
      kind === 'tool'
        ? 'A-Z a-z 0-9 _ . : / -, at most 128 of them'
        : '1 to 128 characters without control characters';
    scope.problem(
      'bad-name',
      position,
      `${JSON.stringify(text)} is no ${kind} name`,
      `names are made of ${allowed}`,
    );
    return undefined;
  }
  return { text, isGlob: /[*?]/.test(text) };
}

/** A list of names or globs; repeated ones are reported. */
export function readPatterns(node: YamlNode, scope: Scope): NamePattern[] {
  const patterns: NamePattern[] = [];
  for (const item of readList(node, scope) ?? []) {
    const text = readText(item.node, item.scope);
    if (text === undefined) continue;
    const pattern = checkPattern(text, 'tool', { position: item.node.position, scope: item.scope });
    if (pattern === undefined) continue;
    if (patterns.some((known) => known.text === text)) {
      item.scope.problem(
        'duplicate-name',
        item.node.position,
        `${JSON.stringify(text)} stands twice in this list`,
      );
    } else {
      patterns.push(pattern);
    }
  }
  return patterns;
}

/** Matches as the generated Rego does. */
export function matchesPattern({ text, isGlob }: NamePattern, name: string): boolean {
  if (!isGlob) return text === name;
  const source = text
    .replace(/[.+^$()|/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su').test(name);
}
