// Reads the answer to one POST of a message: its messages go to the client, and what is left to do is told.
import type { UpstreamAnswer } from '../http-exchange.ts';
import { explainStatus } from './explain-status.ts';
import type { PeerLines } from './peer-lines.ts';

/** How far an answer came. */
export interface AnswerEnd {
  /** The request itself was answered, if by an error. */
  readonly isAnswered: boolean;
  /** The last event that had an id: the server can go on from there. */
  readonly lastEventId: string | null;
  readonly retryMs: number | null;
  /** What came instead of an answer, as a sentence without its full stop. */
  readonly instead: string;
}

const UNANSWERED: AnswerEnd = {
  isAnswered: false,
  lastEventId: null,
  retryMs: null,
  instead: 'The MCP server ended its answer before it answered the request',
};

/** `idText` is the request's id, null for other messages. Rejects with `UpstreamError` where the connection breaks. */
export async function readPeerAnswer(
  answer: UpstreamAnswer,
  lines: PeerLines,
  idText: string | null,
): Promise<AnswerEnd> {
  if (answer.status >= 400) return readRefusal(answer, lines, idText);
  switch (answer.kind) {
    case 'json': {
      await lines.deliver(await answer.readBody());
      return { ...UNANSWERED, isAnswered: true };
    }
    case 'events':
      return readEvents(answer, lines, idText);
    case 'other': {
      await drain(answer);
      const type = answer.header('content-type') ?? 'nothing';
      return {
        ...UNANSWERED,
        instead: `The MCP server answered with status ${answer.status} and ${type} instead of JSON or events`,
      };
    }
  }
}

/** A server that sends its own error of JSON-RPC is heard; its id is the request's, whatever the server put there. */
async function readRefusal(
  answer: UpstreamAnswer,
  lines: PeerLines,
  idText: string | null,
): Promise<AnswerEnd> {
  const error = answer.kind === 'json' ? errorIn(await answer.readBody()) : null;
  if (answer.kind !== 'json') await drain(answer);
  if (error === null || idText === null) return { ...UNANSWERED, instead: explainStatus(answer) };
  await lines.deliver(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":${error}}`));
  return { ...UNANSWERED, isAnswered: true };
}

/** JSON text of the error. */
function errorIn(body: Buffer): string | null {
  const parsed = parse(body);
  return typeof parsed?.error === 'object' && parsed.error !== null ? JSON.stringify(parsed.error) : null;
}

async function drain(answer: UpstreamAnswer): Promise<void> {
  for await (const _ of answer.readBytes());
}

/** Events of a stream that may go on elsewhere: a break is an end, with the place to go on from. */
export async function readEvents(
  answer: UpstreamAnswer,
  lines: PeerLines,
  idText: string | null,
): Promise<AnswerEnd> {
  let end = UNANSWERED;
  try {
    for await (const { data, id, retryMs } of answer.readEvents()) {
      end = { ...end, lastEventId: id ?? end.lastEventId, retryMs: retryMs ?? end.retryMs };
      if (data === null || data.length === 0) continue;
      end = { ...end, isAnswered: end.isAnswered || isAnswerTo(data, idText) };
      await lines.deliver(data);
    }
    return end;
  } catch (error) {
    // Answered, or able to go on: nothing is lost.
    if (end.isAnswered || end.lastEventId !== null) return end;
    throw error;
  }
}

function isAnswerTo(data: Buffer, idText: string | null): boolean {
  const message = parse(data);
  return idText !== null && message !== null && !('method' in message) && message.id === JSON.parse(idText);
}

function parse(data: Buffer): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(data.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
