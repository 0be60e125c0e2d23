// Reads `--since`: a moment, or how long ago it was.
import { parseDuration } from '../../compiler/model/parse-duration.ts';

/** A date, or date and time with an offset; without an offset a time would mean another moment on each machine. */
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Unix milliseconds; null where `text` is neither `2026-11-22[T15:04:00Z]` (UTC) nor a duration such as `24h`. */
export function parseSince(text: string, nowMs: number): number | null {
  const agoMs = parseDuration(text);
  if (agoMs !== null) return nowMs - agoMs;
  if (!ISO_MOMENT.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) || !isCalendarDay(text.slice(0, 10)) ? null : atMs;
}

/** Date.parse takes 2026-02-30 for the second of March. */
function isCalendarDay(date: string): boolean {
  return new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}
