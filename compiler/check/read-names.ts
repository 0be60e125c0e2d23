// Names of tools, servers and agents, and the globs over them.
import type { NamePattern, Position } from '../model/policy.ts';
import { quoteText } from '../parse/quote-text.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { readList, readText } from './read-values.ts';
import type { Scope } from './report.ts';

/** A value with its place: the place of its key, or of the item in a list. */
export interface Placed<T> {
  readonly value: T;
  readonly position: Position;
  readonly scope: Scope;
}

const GLOB_SIGNS = /[*?]/;
/** Signs that other globs give a meaning. */
const FOREIGN_SIGNS = /[[\]{}\\!^]/;
const TOOL_CHARACTERS = /^[A-Za-z0-9_.:/*?-]{1,128}$/;
/** What could make two names look alike, or end a line, is no part of a name. */
const AGENT_CHARACTERS = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]{1,128}$/u;

/** What a name names: tools and servers share their characters, agents may have any printable ones. */
export type NameKind = 'tool' | 'server' | 'agent';

/** Reports names that nothing could match, and glob signs that mean nothing here. */
export function checkPattern(
  text: string,
  kind: NameKind,
  at: { readonly position: Position; readonly scope: Scope },
): NamePattern | undefined {
  const { position, scope } = at;
  const isGlob = GLOB_SIGNS.test(text);
  if (FOREIGN_SIGNS.test(text) && (kind !== 'agent' || isGlob)) {
    scope.problem(
      'bad-glob',
      position,
      `${quoteText(text)} is no glob here`,
      'only * (any run of characters) and ? (one character) have a meaning',
    );
    return undefined;
  }
  if ((kind === 'agent' ? AGENT_CHARACTERS : TOOL_CHARACTERS).test(text)) return { text, isGlob };
  const allowed =
    kind === 'agent'
      ? 'names are made of 1 to 128 printable characters'
      : 'names are made of A-Z a-z 0-9 _ . : / -, at most 128 of them';
  scope.problem('bad-name', position, `${quoteText(text)} is no ${kind} name`, allowed);
  return undefined;
}

/** A list of names or globs; repeated ones are reported. */
export function readPatterns(node: YamlNode, scope: Scope): Placed<NamePattern>[] {
  const seen = new Set<string>();
  return (readList(node, scope) ?? []).flatMap(({ node: item, scope: below }) => {
    const { position } = item;
    const text = readText(item, below);
    const value = text === undefined ? undefined : checkPattern(text, 'tool', { position, scope: below });
    if (value === undefined) return [];
    if (seen.has(value.text)) {
      below.problem('duplicate-name', position, `${quoteText(value.text)} stands twice in this list`);
      return [];
    }
    seen.add(value.text);
    return [{ value, position, scope: below }];
  });
}
