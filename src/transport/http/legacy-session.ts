// A conversation with an upstream of the older protocols (up to 2025-11-25): a session that begins with `initialize`.
//
//   initialize ─▶ answered: id and version known ─▶ messages in order ─▶ 404: the session is gone
//                                                       ▲                      │ begin anew, with the client's own words
//                                                       └──────────────────────┘
//
// Servers of 2024-11-05 refuse the first POST: their session is one stream, which names where to post (HTTP+SSE).
import type { Upstream, UpstreamAnswer } from '../http-exchange.ts';
import type { Header, OutgoingMessage } from '../transport.ts';
import { type OldSession, openOldSession } from './old-session.ts';
import type { PeerLines } from './peer-lines.ts';
import { loseRequest, type PeerPost, receiveAnswer, sendPost } from './peer-post.ts';
import { followStandingEvents } from './standing-events.ts';

export interface LegacySession {
  /** Sends one message; resolves when it is answered, or lost. Rejects with `UpstreamError`. */
  send(line: Buffer, message: OutgoingMessage | null): Promise<void>;
  /** Tells the server that the session is over, where it has one. */
  end(): Promise<void>;
}

export interface LegacySessionOptions {
  readonly upstream: Upstream;
  readonly url: URL;
  readonly lines: PeerLines;
  /** Aborts when the peer is stopped. */
  readonly signal: AbortSignal;
}

const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
/** The first version with the header field `MCP-Protocol-Version`. */
const FIRST_WITH_HEADER = '2025-06-18';

export function createLegacySession({ upstream, url, lines, signal }: LegacySessionOptions): LegacySession {
  let sessionId: string | null = null;
  let version: string | null = null;
  let opening: Buffer | null = null;
  let isListening = false;
  let old: OldSession | null = null;
  /** What must be over before the next message may be sent: its order is the client's. */
  let turn: Promise<void> = Promise.resolve();
  let reopening: Promise<void> | null = null;

  const headers = (): Header[] => [
    ...(sessionId === null ? [] : [['Mcp-Session-Id', sessionId] as const]),
    ...(version === null || version < FIRST_WITH_HEADER ? [] : [['MCP-Protocol-Version', version] as const]),
  ];
  const postOf = (line: Buffer, idText: string | null): PeerPost => ({
    upstream,
    lines,
    body: line,
    idText,
    headers: headers(),
    signal,
  });
  const note = (answer: UpstreamAnswer): void => {
    sessionId = answer.header('mcp-session-id') ?? sessionId;
  };
  const listen = (): void => {
    if (isListening || old !== null) return;
    isListening = true;
    void followStandingEvents({ upstream, lines, headers, signal }).then(() => {
      isListening = false;
    });
  };

  const initialize = async (line: Buffer, idText: string | null): Promise<void> => {
    opening = line;
    sessionId = null;
    version = null;
    const post = postOf(line, idText);
    const answer = await sendPost(post);
    if (isOldServer(answer)) {
      old = await openOldSession({ upstream, url, lines, signal });
      return old.post(post);
    }
    note(answer);
    await receiveAnswer({ ...post, lines: noting(lines, (found) => (version = found)) }, answer);
  };

  /** The server forgot the session: the client's own initialize again, whose answer the client has seen before. */
  const reopen = async (): Promise<void> => {
    if (opening === null) return;
    const again = JSON.parse(opening.toString('utf8')) as object;
    sessionId = null;
    version = null;
    const line = Buffer.from(JSON.stringify({ ...again, id: REOPEN_ID }));
    const post = postOf(line, JSON.stringify(REOPEN_ID));
    const answer = await sendPost(post);
    note(answer);
    const unseen: PeerLines = { ...lines, deliver: async () => {}, lose: () => {} };
    await receiveAnswer({ ...post, lines: noting(unseen, (found) => (version = found)) }, answer);
    const confirmed = await sendPost(postOf(Buffer.from(INITIALIZED), null));
    await receiveAnswer(postOf(Buffer.from(INITIALIZED), null), confirmed);
  };
  const reopenOnce = (): Promise<void> => {
    reopening ??= reopen().finally(() => {
      reopening = null;
    });
    return reopening;
  };

  const exchange = async (line: Buffer, message: OutgoingMessage | null): Promise<void> => {
    const idText = message?.kind === 'request' ? message.idText : null;
    if (old !== null) return old.post(postOf(line, idText));
    const post = postOf(line, idText);
    const used = sessionId;
    const answer = await sendPost(post);
    if (answer.status !== 404 || used === null) return receiveAnswer(post, answer);
    await answer.readBody();
    if (sessionId === used) await reopenOnce();
    // A call is the client's to repeat: it must know that it is another session.
    if (message?.method === 'tools/call' || message === null) {
      return loseRequest(post, {
        detail: 'The MCP server had forgotten the session; a new one has begun, so call again',
        mayHaveRun: false,
      });
    }
    const fresh = postOf(line, idText);
    return receiveAnswer(fresh, await sendPost(fresh));
  };

  return {
    send: async (line, message) => {
      const before = turn;
      const isAnswered = message?.kind === 'request' && message.method !== 'initialize';
      let finish = (): void => {};
      // Requests run beside each other; what has no answer, and the beginning, is over before the next one starts.
      if (!isAnswered) {
        turn = new Promise((resolve) => {
          finish = resolve;
        });
      }
      await before;
      try {
        if (message?.method === 'initialize') await initialize(line, message.idText);
        else await exchange(line, message);
        if (message?.method === 'notifications/initialized') listen();
      } finally {
        finish();
      }
    },
    end: async () => {
      if (sessionId === null) return;
      await upstream.request({ method: 'DELETE', headers: headers() }).then(
        (answer) => answer.readBody(),
        () => undefined,
      );
    },
  };
}

const REOPEN_ID = 'regent-reopen';

/** Servers of 2024-11-05 know no POST at the URL of their stream. */
function isOldServer({ status, kind }: UpstreamAnswer): boolean {
  return (status === 400 || status === 404 || status === 405) && kind !== 'json';
}

/** Lines that pass as they are; the protocol version of the answer to `initialize` is noted on the way. */
function noting(lines: PeerLines, onVersion: (version: string) => void): PeerLines {
  return {
    ...lines,
    deliver: (message) => {
      const found = versionIn(message);
      if (found !== null) onVersion(found);
      return lines.deliver(message);
    },
  };
}

function versionIn(message: Buffer): string | null {
  try {
    const { result } = JSON.parse(message.toString('utf8')) as { result?: { protocolVersion?: unknown } };
    return typeof result?.protocolVersion === 'string' ? result.protocolVersion : null;
  } catch {
    return null;
  }
}
