// What the steps from client to server share, for single messages and for batches.
import type { GatedCall } from './call-gate.ts';
import type { CallsInFlight } from './calls-in-flight.ts';
import type { OrderedWriter } from './ordered-writer.ts';
import { idKey } from './read/id-key.ts';
import type { MessageParts } from './read/read-message.ts';
import type { Session } from './session.ts';

export interface Outbound {
  readonly session: Session;
  readonly writer: OrderedWriter;
  readonly inFlight: CallsInFlight;
}

export function isGated(message: MessageParts): message is GatedCall {
  return message.toolCall !== null;
}

/** The key under which a call waits; null for a notification. */
export function callKey({ idText }: MessageParts): string | null {
  return idText === null ? null : idKey(idText);
}

/** A cancellation of a call that the server has not seen stops here. */
export function isVoidedByCancel({ inFlight }: Outbound, { cancelsIdText }: MessageParts): boolean {
  return cancelsIdText !== null && inFlight.cancel(idKey(cancelsIdText));
}

/** Remembers a request that is about to be sent; `decisionId` is a tool call's. */
export function expectAnswer({ pending }: Session, message: MessageParts, decisionId: string | null): void {
  if (message.kind !== 'request' || message.idText === null || message.method === null) return;
  pending.add(idKey(message.idText), { idText: message.idText, method: message.method, decisionId });
}
