// A problem in a policy, as data: found by the checks, sorted and printed by the command.
import type { Position } from './policy.ts';

/** `code` is stable and listed in docs/policy-reference.md; `path` is the YAML path, such as `tools.pay.rules[0].spend`. */
export interface Diagnostic {
  readonly code: string;
  readonly position: Position;
  readonly path: string;
  readonly message: string;
  /** What to do about it, such as `did you mean "hide"?`. */
  readonly suggestion: string | null;
}

/** One line for people: `finance.yaml:12:11 unknown-key  "hiden" is not a key here (tools.pay); did you mean "hide"?` */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { position, code, message, path, suggestion } = diagnostic;
  const place = `${position.file}:${position.line}:${position.column}`;
  const where = path === '' ? '' : ` (${path})`;
  return `${place} ${code}  ${message}${where}${suggestion === null ? '' : `; ${suggestion}`}`;
}

/** File order: by file as given, then line, then column, then code. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[], files: readonly string[]): Diagnostic[] {
  const rank = (diagnostic: Diagnostic): number => files.indexOf(diagnostic.position.file);
  return [...diagnostics].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column ||
      (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
  );
}
