// Durations as people write them: `500ms`, `45s`, `1h30m`, `2d`.

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Whole numbers with units, largest unit first, each at most once. */
const DURATION = new RegExp(`^(?=\\d)${UNITS.map(([unit]) => `(?:(\\d+)${unit}(?!s))?`).join('')}$`);

/** A hundred years. From now on, that is still a date that everything can print. */
export const DURATION_MAX_MS = 36_500 * 86_400_000;

/** Milliseconds; null where `text` is not a duration, or a longer one. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  const totalMs = UNITS.reduce(
    (total, [, unitMs], index) => total + Number(match[index + 1] ?? 0) * unitMs,
    0,
  );
  return totalMs <= DURATION_MAX_MS ? totalMs : null;
}
