// Finds the id of a message that was too large to be read, so that nobody waits for ever: from its first and its last bytes.
import type { CutLine } from '../../transport/transport.ts';
import { findIdAt, findMembers } from './find-id.ts';

export interface CutMessage {
  readonly kind: 'request' | 'response';
  /** JSON source. */
  readonly idText: string;
}

/** An id as the last member of a message, where some libraries write it. */
const LAST_ID = /[,{]\s*"id"\s*:\s*(-?\d+|"(?:[^"\\]|\\.)*")\s*\}\s*$/;

/** Null where it cannot be told what the message is, or whose. */
export function findCutId({ head, tail }: CutLine): CutMessage | null {
  const members = findMembers(head);
  const isAnswer = members.has('result') || members.has('error');
  if (members.has('method') === isAnswer) return null;
  const idText = findIdAt(head, members) ?? LAST_ID.exec(tail.toString('utf8'))?.[1] ?? null;
  return idText === null ? null : { kind: isAnswer ? 'response' : 'request', idText };
}
