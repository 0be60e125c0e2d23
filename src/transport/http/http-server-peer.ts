// A server behind an URL, as the sidecar over stdio sees it: lines go out as POSTs, and what they are answered comes back
// as lines.
import { type Upstream, UpstreamError } from '../http-exchange.ts';
import type { Outgoing, OutgoingMessage, ServerExit, ServerPeer } from '../transport.ts';
import { createLegacySession, type LegacySession } from './legacy-session.ts';
import { methodOf, requestIdsOf } from './outgoing.ts';
import { createPeerLines, type PeerLines } from './peer-lines.ts';
import { loseRequests, type PeerPost, receiveAnswer, sendPost } from './peer-post.ts';
import { pause } from './standing-events.ts';

export interface HttpServerPeerOptions {
  readonly upstream: Upstream;
  readonly url: URL;
  readonly log: { warn(facts: object, text: string): void };
  /** How long requests under way may take when the client has gone. */
  readonly graceMs: number;
}

/** Messages under way; the client is not read beyond that. */
const UNDER_WAY_MAX = 1000;
/** For the server to hear that the session is over. */
const END_MS = 1000;

interface Conversation extends HttpServerPeerOptions {
  readonly lines: PeerLines;
  readonly legacy: LegacySession;
  readonly stopping: AbortController;
  /** Requests of protocol 2026-07-28, by their id: closing the stream is how they are cancelled. */
  readonly cancellable: Map<string, AbortController>;
  readonly underWay: Set<Promise<void>>;
}

export function openHttpServerPeer(options: HttpServerPeerOptions): ServerPeer {
  const conversation = startConversation(options);
  const { lines, underWay, log } = conversation;
  let onDrain = (): void => {};
  let resolveExit = (_exit: ServerExit): void => {};
  const exited = new Promise<ServerExit>((resolve) => {
    resolveExit = resolve;
  });
  let stopped: Promise<void> | null = null;
  const track = (work: Promise<void>): void => {
    underWay.add(work);
    void work.then(() => {
      underWay.delete(work);
      if (underWay.size === UNDER_WAY_MAX - 1) onDrain();
    });
  };
  return {
    onLine: lines.onLine,
    onLost: lines.onLost,
    // An answer that is too large is lost: its own request is told.
    onOversize: () => {},
    onEnd: () => {},
    onDrain: (handler) => {
      onDrain = handler;
    },
    pause: lines.pause,
    resume: lines.resume,
    isAlive: () => stopped === null,
    exited,
    write: (line, message) => {
      if (stopped !== null) return true;
      track(
        send(conversation, line, message).catch((error: unknown) => {
          log.warn({ err: error }, 'unexpected failure towards the server');
        }),
      );
      return underWay.size < UNDER_WAY_MAX;
    },
    stop: () => {
      stopped ??= end(conversation).then(() => resolveExit({ code: 0, signal: null }));
      return stopped;
    },
  };
}

function startConversation(options: HttpServerPeerOptions): Conversation {
  const { upstream, url } = options;
  const lines = createPeerLines();
  const stopping = new AbortController();
  return {
    ...options,
    lines,
    stopping,
    legacy: createLegacySession({ upstream, url, lines, signal: stopping.signal }),
    cancellable: new Map(),
    underWay: new Set(),
  };
}

async function send(conversation: Conversation, line: Buffer, message: Outgoing): Promise<void> {
  const { cancellable, legacy } = conversation;
  const single = message?.kind === 'batch' ? null : message;
  const cancelled = cancellable.get(single?.cancelsIdText ?? '');
  if (cancelled !== undefined) return cancelled.abort();
  try {
    if (single?.isModern === true) await sendModern(conversation, line, single);
    else await legacy.send(line, message);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    report(conversation, error, message);
  }
}

async function sendModern(conversation: Conversation, line: Buffer, message: OutgoingMessage): Promise<void> {
  const { upstream, lines, cancellable, stopping } = conversation;
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, stopping.signal]);
  const idText = message.kind === 'request' ? message.idText : null;
  const asked = requestIdsOf(message);
  const post: PeerPost = { upstream, lines, body: line, asked, headers: message.headers ?? [], signal };
  if (idText !== null) cancellable.set(idText, controller);
  try {
    await receiveAnswer(post, await sendPost(post));
  } finally {
    if (idText !== null && cancellable.get(idText) === controller) cancellable.delete(idText);
  }
}

function report({ lines, log }: Conversation, error: UpstreamError, message: Outgoing): void {
  if (error.code === 'aborted') return;
  const { message: detail, mayHaveRun } = error;
  const asked = requestIdsOf(message);
  if (asked.length > 0) loseRequests({ lines, asked }, { detail, mayHaveRun });
  else log.warn({ err: error, method: methodOf(message) }, 'a message did not reach the server');
}

async function end({ underWay, graceMs, legacy, stopping, lines, upstream }: Conversation): Promise<void> {
  await Promise.race([Promise.all(underWay), pause(graceMs, stopping.signal)]);
  await Promise.race([legacy.end(), pause(END_MS, stopping.signal)]);
  stopping.abort();
  lines.close();
  upstream.close();
}
