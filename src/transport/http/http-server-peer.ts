// A server behind an URL, as the sidecar over stdio sees it: lines go out as POSTs, and what they are answered comes back
// as lines.
import { type Upstream, UpstreamError } from '../http-exchange.ts';
import type { OutgoingMessage, ServerExit, ServerPeer } from '../transport.ts';
import { createLegacySession } from './legacy-session.ts';
import { createPeerLines } from './peer-lines.ts';
import { loseRequest, type PeerPost, receiveAnswer, sendPost } from './peer-post.ts';
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

export function openHttpServerPeer({ upstream, url, log, graceMs }: HttpServerPeerOptions): ServerPeer {
  const lines = createPeerLines();
  const stopping = new AbortController();
  const legacy = createLegacySession({ upstream, url, lines, signal: stopping.signal });
  /** Of protocol 2026-07-28, by their id: closing the stream is how they are cancelled. */
  const cancellable = new Map<string, AbortController>();
  const underWay = new Set<Promise<void>>();
  let onDrain = (): void => {};
  let stopped: Promise<void> | null = null;
  let resolveExit = (_exit: ServerExit): void => {};
  const exited = new Promise<ServerExit>((resolve) => {
    resolveExit = resolve;
  });

  const sendModern = async (line: Buffer, message: OutgoingMessage): Promise<void> => {
    const idText = message.kind === 'request' ? message.idText : null;
    const controller = new AbortController();
    if (idText !== null) cancellable.set(idText, controller);
    const signal = AbortSignal.any([controller.signal, stopping.signal]);
    const post: PeerPost = { upstream, lines, body: line, idText, headers: message.headers, signal };
    try {
      await receiveAnswer(post, await sendPost(post));
    } finally {
      if (idText !== null && cancellable.get(idText) === controller) cancellable.delete(idText);
    }
  };
  const send = async (line: Buffer, message: OutgoingMessage | null): Promise<void> => {
    const cancelled = message?.cancelsIdText == null ? undefined : cancellable.get(message.cancelsIdText);
    if (cancelled !== undefined) return cancelled.abort();
    try {
      await (message?.isModern ? sendModern(line, message) : legacy.send(line, message));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      report(error, line, message);
    }
  };
  const report = (error: UpstreamError, line: Buffer, message: OutgoingMessage | null): void => {
    if (error.code === 'aborted') return;
    if (message?.kind === 'request') {
      const post = {
        upstream,
        lines,
        body: line,
        idText: message.idText,
        headers: [],
        signal: stopping.signal,
      };
      loseRequest(post, { detail: error.message, mayHaveRun: error.mayHaveRun });
    } else {
      log.warn({ err: error, method: message?.method }, 'a message did not reach the server');
    }
  };
  const finish = async (): Promise<void> => {
    await Promise.race([Promise.all(underWay), pause(graceMs, stopping.signal)]);
    await Promise.race([legacy.end(), pause(END_MS, stopping.signal)]);
    stopping.abort();
    lines.close();
    upstream.close();
    resolveExit({ code: 0, signal: null });
  };

  return {
    onLine: lines.onLine,
    onLost: lines.onLost,
    // A message that is too large is lost: its own request is told.
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
      const work = send(line, message).catch((error: unknown) => {
        log.warn({ err: error }, 'unexpected failure towards the server');
      });
      underWay.add(work);
      void work.then(() => {
        underWay.delete(work);
        if (underWay.size === UNDER_WAY_MAX - 1) onDrain();
      });
      return underWay.size < UNDER_WAY_MAX;
    },
    stop: () => {
      stopped ??= finish();
      return stopped;
    },
  };
}

const END_MS = 1000;
