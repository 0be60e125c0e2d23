// Batches (protocol 2025-03-26): every element is judged, only what is allowed goes on.
import { answerUnsent, canSend, gateCall } from './call-gate.ts';
import type { GatedCall, Judgement } from './hold/held-call.ts';
import { NO_WAITING } from './hold/hold-call.ts';
import { callKey, expectAnswer, isGated, isVoidedByCancel, type Outbound, WAITING_MAX } from './outbound.ts';
import { batchLine } from './own-lines.ts';
import type { MessageParts } from './read/read-message.ts';
import { type Session, sendToClient } from './session.ts';

interface JudgedCall extends Judgement {
  readonly call: GatedCall;
}

export function forwardBatch(out: Outbound, line: Buffer, messages: readonly MessageParts[]): void {
  const { session, writer, inFlight, readOn } = out;
  const place = writer.reserve();
  if (writer.waiting > WAITING_MAX) session.client.pause();
  const waiting = messages.filter((message) => !isVoidedByCancel(out, message));
  const begun = waiting.filter(isGated).map((call) => ({ call, flight: inFlight.begin(callKey(call)) }));
  const gate = async (): Promise<void> => {
    const judged = await Promise.all(
      begun.map(async ({ call, flight }) => ({
        call,
        ...(await gateCall(session, call, flight, NO_WAITING)),
      })),
    );
    const unsent = judged.filter((judgement) => !canSend(session, judgement));
    const passing = waiting.filter((message) => !unsent.some(({ call }) => call === message));
    for (const message of passing) {
      expectAnswer(session, message, judged.find(({ call }) => call === message)?.verdict ?? null);
    }
    if (passing.length === 0) place.drop();
    else {
      const bytes = passing.length === messages.length ? line : joinElements(line, passing);
      place.send({ line: bytes, message: { kind: 'batch', requestIds: requestIdsOf(passing) } });
    }
    await answerAll(session, unsent);
  };
  session.track(
    gate().finally(() => {
      for (const { flight } of begun) flight.end();
      readOn();
    }),
  );
}

function requestIdsOf(messages: readonly MessageParts[]): string[] {
  return messages.flatMap(({ kind, idText }) => (kind === 'request' && idText !== null ? [idText] : []));
}

/** The elements as the client wrote them, in a batch of their own. */
export function joinElements(line: Buffer, passing: readonly MessageParts[]): Buffer {
  const parts = passing.flatMap(({ start, end }, index) => [
    Buffer.from(index === 0 ? '[' : ','),
    line.subarray(start, end),
  ]);
  return Buffer.concat([...parts, Buffer.from(']')]);
}

/** The answers go out together, as a batch. */
async function answerAll(session: Session, unsent: readonly JudgedCall[]): Promise<void> {
  const answers = await Promise.all(
    unsent.map(async ({ call, ...judgement }) => {
      const text = await answerUnsent(session, call, judgement, NO_WAITING.hints);
      return text === null ? null : { idText: call.idText, text };
    }),
  );
  const due = answers.filter((answer) => answer !== null);
  if (due.length > 0) sendToClient(session, batchLine(due));
}
