// From the client to the server: every message is read strictly, tool calls pass the gate, all keep their order.
import { answerUnsent, canSend, type GatedCall, judgeCall } from './call-gate.ts';
import { type CallsInFlight, createCallsInFlight } from './calls-in-flight.ts';
import { forwardBatch } from './client-batch.ts';
import { errorMessage, INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR } from './json-rpc.ts';
import { createOrderedWriter } from './ordered-writer.ts';
import { callKey, expectAnswer, isGated, isVoidedByCancel, type Outbound } from './outbound.ts';
import { type MessageParts, type Reading, readMessage } from './read/read-message.ts';
import type { RejectionCode } from './read/rejection.ts';
import { type Session, sendToClient } from './session.ts';

const DEPTH_MAX = 128;
/** Messages that wait for a decision; the client is not read beyond that. */
const WAITING_MAX = 1024;

export interface ClientMessages {
  readonly receive: (line: Buffer) => void;
  readonly inFlight: CallsInFlight;
}

export function createClientMessages(session: Session): ClientMessages {
  const writer = createOrderedWriter((bytes) => {
    if (!session.server.write(bytes)) session.client.pause();
  });
  const out: Outbound = { session, writer, inFlight: createCallsInFlight() };
  session.server.onDrain(() => session.client.resume());
  return {
    inFlight: out.inFlight,
    receive: (line) => {
      const reading = readMessage(line, { maxDepth: DEPTH_MAX });
      if (!reading.ok) rejectMessage(session, reading);
      else if (reading.isBatch) forwardBatch(out, line, reading.messages);
      else for (const message of reading.messages) forwardMessage(out, line, message);
    },
  };
}

function forwardMessage(out: Outbound, line: Buffer, message: MessageParts): void {
  if (isGated(message)) {
    gateMessage(out, line, message);
  } else if (!isVoidedByCancel(out, message)) {
    expectAnswer(out.session, message, null);
    out.writer.send(line);
  }
}

/** The call's place is kept while it is judged; a held call gives it up, so that others pass. */
function gateMessage(out: Outbound, line: Buffer, call: GatedCall): void {
  const { session, writer, inFlight } = out;
  const place = writer.reserve();
  const flight = inFlight.begin(callKey(call));
  if (writer.waiting > WAITING_MAX) session.client.pause();
  const gate = async (): Promise<void> => {
    const judgement = { verdict: await judgeCall(session, call), flight };
    if (canSend(session, judgement)) {
      expectAnswer(session, call, judgement.verdict.id);
      return place.send(line);
    }
    place.drop();
    const answer = await answerUnsent(session, call, judgement);
    if (answer !== null) sendToClient(session, answer);
  };
  session.track(
    gate().finally(() => {
      flight.end();
      if (writer.waiting <= WAITING_MAX) session.client.resume();
    }),
  );
}

function rejectMessage(session: Session, { code, detail, idText }: Extract<Reading, { ok: false }>): void {
  session.log.warn({ code, detail }, 'a message of the client was rejected; nothing was forwarded');
  const message = `Rejected by Regent: ${detail}. Nothing was forwarded.`;
  sendToClient(session, errorMessage(idText, { code: rpcCodeOf(code), message }));
}

function rpcCodeOf(code: RejectionCode): number {
  if (code === 'not-json') return PARSE_ERROR;
  return code === 'bad-tool-call' ? INVALID_PARAMS : INVALID_REQUEST;
}
