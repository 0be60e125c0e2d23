// Reads `--since`: a moment, or how long ago it was.
import { parseDuration } from '../../compiler/model/parse-duration.ts';
import { parseMoment } from './parse-moment.ts';

/** Unix milliseconds; null where `text` is neither `2026-11-22[T15:04:00Z]` (UTC) nor a duration such as `24h`. */
export function parseSince(text: string, nowMs: number): number | null {
  const agoMs = parseDuration(text);
  return agoMs === null ? parseMoment(text) : nowMs - agoMs;
}
