// Decision ids: in the order of time, so that the journal's index of them only grows at its end.
import { randomUUID } from 'node:crypto';

/** `dec_`, the Unix time in milliseconds as hex, and 80 random bits. */
export function createDecisionId(nowMs: number): string {
  return `dec_${nowMs.toString(16).padStart(12, '0')}${randomUUID().slice(14).replaceAll('-', '')}`;
}
