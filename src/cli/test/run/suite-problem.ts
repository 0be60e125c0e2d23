// Problems that are found while a suite is made ready: of its policies, and of cases that the policies do not fit.
import type { Diagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { Position } from '../../../../compiler/model/policy.ts';
import type { OpaProblem } from '../../../../compiler/opa/run-opa.ts';

export function problemAt(
  code: string,
  position: Position,
  message: string,
  suggestion: string | null = null,
): Diagnostic {
  return { code, position, path: '', message, suggestion };
}

/** OPA says the file by the path that the module was given. */
export function regoProblem({ code, file, row, col, message }: OpaProblem): Diagnostic {
  return problemAt(code, { file, line: Math.max(row, 1), column: Math.max(col, 1) }, message);
}
