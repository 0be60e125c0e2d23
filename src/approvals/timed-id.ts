// Ids of decisions and approvals: in the order of time, so that an index of them only grows at its end.
import { randomFillSync } from 'node:crypto';

const TIME_BYTES = 6;
const RANDOM_BYTES = 10;
/** Random bytes are made for so many ids at once. */
const IDS_AT_ONCE = 256;

const pool = Buffer.alloc(RANDOM_BYTES * IDS_AT_ONCE);
const id = Buffer.alloc(TIME_BYTES + RANDOM_BYTES);
let used = pool.length;

/** The prefix, an underscore, and as hex the Unix time in milliseconds and 80 random bits. */
export function createTimedId(prefix: 'dec' | 'apr', nowMs: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  id.writeUIntBE(Math.max(nowMs, 0), 0, TIME_BYTES);
  pool.copy(id, TIME_BYTES, used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return `${prefix}_${id.toString('hex')}`;
}
