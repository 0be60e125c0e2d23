// What a line of the client holds, as the peer of HTTP servers asks it.
import type { Outgoing } from '../transport.ts';

/** Of the requests in it: somebody waits for an answer to each. */
export function requestIdsOf(message: Outgoing): readonly string[] {
  if (message?.kind === 'batch') return message.requestIds;
  return message?.kind === 'request' && message.idText !== null ? [message.idText] : [];
}

/** Null for answers and batches. */
export function methodOf(message: Outgoing): string | null {
  return message === null || message.kind === 'batch' ? null : message.method;
}
