// Reads the answer to one POST of a message: its messages go to the client, and what is left to do is told.
import type { UpstreamAnswer } from '../http-exchange.ts';
import { explainStatus } from './explain-status.ts';
import type { PeerLines } from './peer-lines.ts';

/** How far an answer came. */
export interface AnswerEnd {
  /** The requests that were not answered, if by an error: their ids. */
  readonly unanswered: readonly string[];
  /** The last event that had an id: the server can go on from there. */
  readonly lastEventId: string | null;
  readonly retryMs: number | null;
  /** What came instead of an answer, as a sentence without its full stop. */
  readonly instead: string;
}

function endOf(unanswered: readonly string[], instead = ENDED_EARLY): AnswerEnd {
  return { unanswered, lastEventId: null, retryMs: null, instead };
}

const ENDED_EARLY = 'The MCP server ended its answer before it answered the request';

/** `asked` are the ids of the requests in the POST. Rejects with `UpstreamError` where the connection breaks. */
export async function readPeerAnswer(
  answer: UpstreamAnswer,
  lines: PeerLines,
  asked: readonly string[],
): Promise<AnswerEnd> {
  if (answer.status >= 400) return readRefusal(answer, lines, asked);
  switch (answer.kind) {
    case 'json': {
      const body = await answer.readBody();
      await lines.deliver(body);
      return endOf(
        notAnsweredBy(body, asked),
        'The MCP server answered with JSON that answers another request, or none',
      );
    }
    case 'events':
      return readEvents(answer, lines, asked);
    case 'other': {
      await drain(answer);
      const type = answer.header('content-type') ?? 'nothing';
      return endOf(
        asked,
        `The MCP server answered with status ${answer.status} and ${type} instead of JSON or events`,
      );
    }
  }
}

/** A server that sends its own error of JSON-RPC is heard; its id is the request's, whatever the server put there. */
async function readRefusal(
  answer: UpstreamAnswer,
  lines: PeerLines,
  asked: readonly string[],
): Promise<AnswerEnd> {
  const error = answer.kind === 'json' ? errorIn(await answer.readBody()) : null;
  if (answer.kind !== 'json') await drain(answer);
  if (error === null) return endOf(asked, explainStatus(answer));
  for (const idText of asked) {
    await lines.deliver(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":${error}}`));
  }
  return endOf([]);
}

/** JSON text of the error. */
function errorIn(body: Buffer): string | null {
  const [message, ...more] = messagesIn(body);
  const error = more.length === 0 ? message?.error : undefined;
  return typeof error === 'object' && error !== null ? JSON.stringify(error) : null;
}

async function drain(answer: UpstreamAnswer): Promise<void> {
  for await (const _ of answer.readBytes());
}

/** Events of a stream that may go on elsewhere: a break is an end, with the place to go on from. */
export async function readEvents(
  answer: UpstreamAnswer,
  lines: PeerLines,
  asked: readonly string[],
): Promise<AnswerEnd> {
  let end = endOf(asked);
  try {
    for await (const { data, id, retryMs } of answer.readEvents()) {
      end = { ...end, lastEventId: id ?? end.lastEventId, retryMs: retryMs ?? end.retryMs };
      if (data === null || data.length === 0) continue;
      end = { ...end, unanswered: notAnsweredBy(data, end.unanswered) };
      await lines.deliver(data);
    }
    return end;
  } catch (error) {
    // Answered, or able to go on: nothing is lost.
    if (end.lastEventId !== null || (asked.length > 0 && end.unanswered.length === 0)) return end;
    throw error;
  }
}

/** Those of the requests that `data` does not answer. */
function notAnsweredBy(data: Buffer, asked: readonly string[]): readonly string[] {
  if (asked.length === 0) return asked;
  const answered = messagesIn(data).flatMap((message) => ('method' in message ? [] : [message.id]));
  return asked.filter((idText) => !answered.includes(JSON.parse(idText)));
}

/** The messages in a JSON text; none where it is none. */
export function messagesIn(data: Buffer): ReadonlyArray<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(data.toString('utf8'));
    const all = Array.isArray(parsed) ? parsed : [parsed];
    return all.filter((one) => typeof one === 'object' && one !== null);
  } catch {
    return [];
  }
}
