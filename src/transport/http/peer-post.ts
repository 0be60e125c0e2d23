// One message of the client as one POST, whatever the protocol; what became of it.
import { type Upstream, type UpstreamAnswer, UpstreamError } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import type { PeerLines } from './peer-lines.ts';
import { type AnswerEnd, readEvents, readPeerAnswer } from './read-peer-answer.ts';
import { pause } from './standing-events.ts';

export interface PeerPost {
  readonly upstream: Upstream;
  readonly lines: PeerLines;
  readonly body: Buffer;
  /** The id of a request; null for other messages. */
  readonly idText: string | null;
  readonly headers: readonly Header[];
  readonly signal: AbortSignal;
  readonly url?: URL | undefined;
}

export const JSON_AND_EVENTS: readonly Header[] = [
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json, text/event-stream'],
];

const RESUME_MS = 1000;
const RESUMES_MAX = 5;

export function sendPost({ upstream, body, headers, signal, url }: PeerPost): Promise<UpstreamAnswer> {
  const request = { method: 'POST', headers: [...JSON_AND_EVENTS, ...headers], body } as const;
  return upstream.request(url === undefined ? request : { ...request, url }, signal);
}

/** Passes the answer on, and goes on with a stream that ended early where the server can. */
export async function receiveAnswer(post: PeerPost, answer: UpstreamAnswer): Promise<void> {
  const { lines, idText } = post;
  let end = await readPeerAnswer(answer, lines, idText);
  for (let tries = 0; idText !== null && !end.isAnswered && end.lastEventId !== null; tries += 1) {
    if (tries === RESUMES_MAX || post.signal.aborted) break;
    await pause(end.retryMs ?? RESUME_MS, post.signal);
    const before = end.lastEventId;
    end = await resume(post, end);
    // A server that moves on is waited for as long as it does.
    if (end.lastEventId !== before) tries = 0;
  }
  if (idText !== null && !end.isAnswered) loseRequest(post, { detail: end.instead, mayHaveRun: true });
}

/** `Last-Event-ID`: the server sends what came after it. Nothing runs again. */
async function resume(post: PeerPost, end: AnswerEnd): Promise<AnswerEnd> {
  const { upstream, lines, idText, headers, signal } = post;
  try {
    const resumed: Header = ['Last-Event-ID', end.lastEventId ?? ''];
    const answer = await upstream.request(
      { method: 'GET', headers: [['Accept', 'text/event-stream'], ...headers, resumed] },
      signal,
    );
    if (answer.kind !== 'events') return { ...end, lastEventId: null };
    const next = await readEvents(answer, lines, idText);
    return {
      ...next,
      lastEventId: next.lastEventId ?? end.lastEventId,
      retryMs: next.retryMs ?? end.retryMs,
    };
  } catch (error) {
    if (error instanceof UpstreamError && error.code !== 'aborted') return end;
    throw error;
  }
}

export interface Loss {
  /** A sentence without its full stop. */
  readonly detail: string;
  readonly mayHaveRun: boolean;
}

/** Tells the proxy; it knows whether the request was answered meanwhile. */
export function loseRequest(
  { lines, idText }: Pick<PeerPost, 'lines' | 'idText'>,
  { detail, mayHaveRun }: Loss,
): void {
  if (idText === null) return;
  const known = mayHaveRun ? 'what it did of this request is unknown' : 'the request did not run';
  lines.lose({ idText, mayHaveRun, detail: `${detail}; ${known}.` });
}
