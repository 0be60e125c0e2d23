// Tells of a failure that comes again and again once in a while: a fault of minutes must not fill the disk with its log.

/** Longer than people look away, and short enough to see that a fault lasts. */
const QUIET_MS = 10_000;

/**
 * `tell` gets a failure of another kind than the last one at once, and one of the same kind (class and code) after ten
 * seconds, with the number of those that were left out meanwhile.
 */
export function createFailureLog(
  tell: (facts: { readonly err: unknown; readonly repeated?: number }) => void,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  let lastKind = '';
  let toldAtMs = 0;
  let repeated = 0;
  return (error) => {
    const kind = kindOf(error);
    if (kind === lastKind && now() - toldAtMs < QUIET_MS) {
      repeated += 1;
      return;
    }
    tell(repeated === 0 ? { err: error } : { err: error, repeated });
    lastKind = kind;
    toldAtMs = now();
    repeated = 0;
  };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name} ${'code' in error ? String(error.code) : error.message}`;
}
