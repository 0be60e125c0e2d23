// One message of the client, or one batch, as one POST, whatever the protocol; what became of it.
import { type Upstream, type UpstreamAnswer, UpstreamError } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import type { PeerLines } from './peer-lines.ts';
import { type AnswerEnd, readEvents, readPeerAnswer } from './read-peer-answer.ts';
import { pause } from './standing-events.ts';

export interface PeerPost {
  readonly upstream: Upstream;
  readonly lines: PeerLines;
  readonly body: Buffer;
  /** The ids of the requests in it. */
  readonly asked: readonly string[];
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
  const { lines, asked } = post;
  let end = await readPeerAnswer(answer, lines, asked);
  for (let tries = 0; end.unanswered.length > 0 && end.lastEventId !== null; tries += 1) {
    if (tries === RESUMES_MAX || post.signal.aborted) break;
    await pause(end.retryMs ?? RESUME_MS, post.signal);
    const before = end.lastEventId;
    end = await resume(post, end);
    // A server that moves on is waited for as long as it does.
    if (end.lastEventId !== before) tries = 0;
  }
  loseRequests({ lines, asked: end.unanswered }, { detail: end.instead, mayHaveRun: true });
}

/** `Last-Event-ID`: the server sends what came after it. Nothing runs again. */
async function resume(post: PeerPost, end: AnswerEnd): Promise<AnswerEnd> {
  const { upstream, lines, headers, signal } = post;
  try {
    const resumed: Header = ['Last-Event-ID', end.lastEventId ?? ''];
    const answer = await upstream.request(
      { method: 'GET', headers: [['Accept', 'text/event-stream'], ...headers, resumed] },
      signal,
    );
    if (answer.kind !== 'events') return { ...end, lastEventId: null };
    const next = await readEvents(answer, lines, end.unanswered);
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

/** Tells the proxy; it knows whether a request was answered meanwhile. */
export function loseRequests(
  { lines, asked }: Pick<PeerPost, 'lines' | 'asked'>,
  { detail, mayHaveRun }: Loss,
): void {
  const known = mayHaveRun ? 'what it did of this request is unknown' : 'the request did not run';
  for (const idText of asked) lines.lose({ idText, mayHaveRun, detail: `${detail}; ${known}.` });
}
