// Gathers the problems of one file, and says where in the YAML they are.
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Position } from '../model/policy.ts';
import { joinPath } from '../parse/yaml-path.ts';
import { KEY_TABLES, type KeyPlaces } from '../schema/grammar.ts';

/** One place in the file: its YAML path, and where problems go. */
export interface Scope {
  readonly path: string;
  /** The tables of this kind of file: a key may belong elsewhere. */
  readonly tables: KeyPlaces;
  /** The scope of a member (`tools.pay`) or, for a number, of an element (`rules[0]`). */
  at(step: string | number): Scope;
  problem(code: string, position: Position, message: string, suggestion?: string): void;
}

/** `tables` are those of policies unless it is said. */
export function createScope(
  diagnostics: Diagnostic[],
  tables: KeyPlaces = KEY_TABLES,
  path: string = '',
): Scope {
  return {
    path,
    tables,
    at: (step) => createScope(diagnostics, tables, joinPath(path, step)),
    problem: (code, position, message, suggestion) =>
      void diagnostics.push({ code, position, path, message, suggestion: suggestion ?? null }),
  };
}
