// Reads a moment that is written as in RFC 3339: with an offset, or as a date alone, which is its midnight in UTC.

/** Without an offset a time would mean another moment on each machine. */
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Unix milliseconds; null where `text` is not `2026-11-22` or `2026-11-22T15:04:00Z`. */
export function parseMoment(text: string): number | null {
  if (!ISO_MOMENT.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) || !isCalendarDay(text.slice(0, 10)) ? null : atMs;
}

/** Date.parse takes 2026-02-30 for the second of March. */
function isCalendarDay(date: string): boolean {
  return new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}
