// Gathers the problems of one file, and says where in the YAML they are.
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Position } from '../model/policy.ts';
import { joinPath } from '../parse/yaml-path.ts';

/** One place in the file: its YAML path, and where problems go. */
export interface Scope {
  readonly path: string;
  /** The scope of a member (`tools.pay`) or, for a number, of an element (`rules[0]`). */
  at(step: string | number): Scope;
  problem(code: string, position: Position, message: string, suggestion?: string): void;
}

export function createScope(diagnostics: Diagnostic[], path = ''): Scope {
  return {
    path,
    at: (step) => createScope(diagnostics, joinPath(path, step)),
    problem: (code, position, message, suggestion) =>
      void diagnostics.push({ code, position, path, message, suggestion: suggestion ?? null }),
  };
}
