// Puts together what OPA says of the expressions of modules: inputs are split over processes, and tests run beside them.
import type { OpaCoverage, OpaRange } from '../../../../compiler/opa/run-opa.ts';
import type { RegoCoverage } from './coverage.ts';

/** In the order of paths: covered where any part covered it. */
export function coverRego(
  policies: readonly string[],
  parts: readonly OpaCoverage[],
): readonly RegoCoverage[] {
  const paths = [...new Set(parts.map(({ path }) => path))].sort();
  return paths.map((path) => {
    const own = parts.filter((part) => part.path === path);
    const covered = new Set(own.flatMap((part) => part.covered.map(rangeKey)));
    const missed = new Map(own.flatMap((part) => part.notCovered.map((range) => [rangeKey(range), range])));
    const notCovered = [...missed]
      .filter(([key]) => !covered.has(key))
      .map(([, { start }]) => ({ line: start.row, column: start.col ?? 1 }))
      .sort((a, b) => a.line - b.line || a.column - b.column);
    return { policies, path, covered: covered.size, notCovered };
  });
}

function rangeKey({ start, end }: OpaRange): string {
  return `${start.row}:${start.col}-${end.row}:${end.col}`;
}
