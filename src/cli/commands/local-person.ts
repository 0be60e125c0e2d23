// Whoever works at a terminal of this machine, as approvals name them.
import { userInfo } from 'node:os';
import type { Person } from '../../approvals/answer-approval.ts';

export function localPerson(): Person {
  return { name: `local:${userName()}`, ownerOf: [] };
}

/** In containers a user may have a number and no name, and then `userInfo` throws. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
