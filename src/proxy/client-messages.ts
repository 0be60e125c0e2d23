// From the client to the server: every message is read strictly, tool calls pass the gate, all keep their order.
import { answerUnsent, canSend, gateCall } from './call-gate.ts';
import { type CallsInFlight, createCallsInFlight } from './calls-in-flight.ts';
import { forwardBatch } from './client-batch.ts';
import type { GatedCall } from './hold/held-call.ts';
import { readIncomingCall } from './hold/read-client-hints.ts';
import { errorMessage, INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR } from './json-rpc.ts';
import { createOrderedWriter } from './ordered-writer.ts';
import {
  callKey,
  expectAnswer,
  isGated,
  isVoidedByCancel,
  type Outbound,
  type ServerLine,
  serverLine,
  WAITING_MAX,
} from './outbound.ts';
import { answerLine, progressLine } from './own-lines.ts';
import { type MessageParts, type Reading, type ReadLine, readMessage } from './read/read-message.ts';
import type { RejectionCode } from './read/rejection.ts';
import { type Session, sendToClient } from './session.ts';

export interface ClientMessages {
  readonly receive: (line: Buffer) => void;
  /** A line that was read already. */
  readonly accept: (line: Buffer, reading: ReadLine) => void;
  readonly inFlight: CallsInFlight;
}

export function createClientMessages(session: Session): ClientMessages {
  const { client, server } = session;
  let isServerBehind = false;
  const writer = createOrderedWriter<ServerLine>(({ line, message }) => {
    if (server.write(line, message)) return;
    isServerBehind = true;
    client.pause();
  });
  const readOn = (): void => {
    if (!isServerBehind && writer.waiting <= WAITING_MAX) client.resume();
  };
  const catchUp = (): void => {
    isServerBehind = false;
    readOn();
  };
  const out: Outbound = { session, writer, inFlight: createCallsInFlight(), readOn };
  server.onDrain(catchUp);
  // Nothing is written any more: who still calls must be told so.
  server.onEnd(catchUp);
  const accept = (line: Buffer, { isBatch, messages }: ReadLine): void => {
    if (isBatch) forwardBatch(out, line, messages);
    else for (const message of messages) forwardMessage(out, line, message);
  };
  return {
    inFlight: out.inFlight,
    receive: (line) => {
      const reading = readMessage(line);
      if (reading.ok) accept(line, reading);
      else rejectMessage(session, reading);
    },
    accept,
  };
}

function forwardMessage(out: Outbound, line: Buffer, message: MessageParts): void {
  if (isGated(message)) {
    gateMessage(out, line, message);
  } else if (!isVoidedByCancel(out, message)) {
    expectAnswer(out.session, message, null);
    out.writer.send(serverLine(out.session, line, message));
  }
}

/** The call's place is kept while it is judged; a held call gives it up, so that others pass. */
function gateMessage(out: Outbound, given: Buffer, message: GatedCall): void {
  const { session, writer, inFlight, readOn } = out;
  const { line, call, hints } = readIncomingCall(given, message);
  const place = writer.reserve();
  const flight = inFlight.begin(callKey(call));
  if (writer.waiting > WAITING_MAX) session.client.pause();
  let isHeld = false;
  const onHeld = (): void => {
    isHeld = true;
    place.drop();
    readOn();
  };
  const say = (said: Buffer): void => sendToClient(session, progressLine(said, call.progressTokenText));
  const gate = async (): Promise<void> => {
    try {
      const judgement = await gateCall(session, call, flight, { hints, canWait: true, say, onHeld });
      if (canSend(session, judgement)) {
        expectAnswer(session, call, judgement.verdict);
        const outgoing = serverLine(session, line, call);
        return isHeld ? writer.send(outgoing) : place.send(outgoing);
      }
      if (!isHeld) place.drop();
      const answer = await answerUnsent(session, call, judgement, hints);
      if (answer !== null) sendToClient(session, answerLine({ idText: call.idText, text: answer }));
    } finally {
      flight.end();
      readOn();
    }
  };
  session.track(gate());
}

function rejectMessage(session: Session, { code, detail, idText }: Extract<Reading, { ok: false }>): void {
  session.log.warn({ code, detail }, 'a message of the client was rejected; nothing was forwarded');
  const message = `Rejected by Regent: ${detail}. Nothing was forwarded.`;
  sendToClient(
    session,
    answerLine({ idText, text: errorMessage(idText, { code: rpcCodeOf(code), message }) }),
  );
}

/** The code of JSON-RPC for a message that was rejected. */
export function rpcCodeOf(code: RejectionCode): number {
  if (code === 'not-json') return PARSE_ERROR;
  return code === 'bad-tool-call' ? INVALID_PARAMS : INVALID_REQUEST;
}
