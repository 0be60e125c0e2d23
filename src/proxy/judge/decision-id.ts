// Decision ids: in the order of time, so that the journal's index of them only grows at its end.
import { randomFillSync } from 'node:crypto';

const RANDOM_BYTES = 10;
/** Random bytes are made for so many ids at once. */
const IDS_AT_ONCE = 256;

const pool = Buffer.alloc(RANDOM_BYTES * IDS_AT_ONCE);
let used = pool.length;

/** `dec_`, the Unix time in milliseconds as hex, and 80 random bits. */
export function createDecisionId(nowMs: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return `dec_${nowMs.toString(16).padStart(12, '0')}${pool.toString('hex', used - RANDOM_BYTES, used)}`;
}
