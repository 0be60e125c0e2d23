// What the steps from client to server share, for single messages and for batches.

import type { Outgoing } from '../transport/transport.ts';
import type { CallsInFlight } from './calls-in-flight.ts';
import type { GatedCall } from './hold/held-call.ts';
import type { Verdict } from './judge/verdict.ts';
import type { OrderedWriter } from './ordered-writer.ts';
import { idKey } from './read/id-key.ts';
import type { MessageParts } from './read/read-message.ts';
import type { Conversation, Session } from './session.ts';

/** A line for the server. */
export interface ServerLine {
  readonly line: Buffer;
  readonly message: Outgoing;
}

export interface Outbound {
  readonly session: Session;
  readonly writer: OrderedWriter<ServerLine>;
  readonly inFlight: CallsInFlight;
  /** Reads the client on, unless the server does not keep up, or too many messages wait. */
  readOn(): void;
}

/** Messages that wait for a decision; the client is not read beyond that. */
export const WAITING_MAX = 1024;

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

/** Remembers a request that is about to be sent; `verdict` is a tool call's. */
export function expectAnswer(
  { pending }: Conversation,
  message: MessageParts,
  verdict: Verdict | null,
): void {
  const { kind, idText, method, wantsToolChanges } = message;
  if (kind !== 'request' || idText === null || method === null) return;
  pending.add(idKey(idText), { idText, method, verdict, wantsToolChanges });
}

export function serverLine({ toolHeaders }: Conversation, line: Buffer, message: MessageParts): ServerLine {
  if (toolHeaders === undefined) return { line, message };
  return { line, message: { ...message, headers: toolHeaders.headersOf(line, message) } };
}
