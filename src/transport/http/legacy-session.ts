// A conversation with an upstream of the older protocols (up to 2025-11-25): a session that begins with `initialize`.
//
//   initialize ─▶ answered: id and version known ─▶ messages in order ─▶ 404: the session is gone
//                                                       ▲                      │ begin anew, with the client's own words
//                                                       └──────────────────────┘
//
// Servers of 2024-11-05 refuse the first POST: their session is one stream, which names where to post (HTTP+SSE).
import type { Upstream, UpstreamAnswer } from '../http-exchange.ts';
import type { Header, Outgoing } from '../transport.ts';
import { type OldSession, openOldSession } from './old-session.ts';
import { methodOf, requestIdsOf } from './outgoing.ts';
import type { PeerLines } from './peer-lines.ts';
import { loseRequests, type PeerPost, receiveAnswer, sendPost } from './peer-post.ts';
import { followStandingEvents } from './standing-events.ts';

export interface LegacySession {
  /** Sends one message; resolves when it is answered, or lost. Rejects with `UpstreamError`. */
  send(line: Buffer, message: Outgoing): Promise<void>;
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

/** The session as it is now. */
interface State extends LegacySessionOptions {
  id: string | null;
  version: string | null;
  /** The client's `initialize`. */
  opening: Buffer | null;
  isListening: boolean;
  hasListened: boolean;
  old: OldSession | null;
  reopening: Promise<void> | null;
}

const INITIALIZED = Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}');
const REOPEN_ID = 'regent-reopen';
/** The first version with the header field `MCP-Protocol-Version`. */
const FIRST_WITH_HEADER = '2025-06-18';

export function createLegacySession(options: LegacySessionOptions): LegacySession {
  const state: State = {
    ...options,
    id: null,
    version: null,
    opening: null,
    isListening: false,
    hasListened: false,
    old: null,
    reopening: null,
  };
  /** What must be over before the next message may be sent: its order is the client's. */
  let turn: Promise<void> = Promise.resolve();
  return {
    send: async (line, message) => {
      const before = turn;
      const sending = before.then(() => sendInTurn(state, line, message));
      // Requests run beside each other; what has no answer, and the beginning, is over before the next one starts.
      const runsBeside = requestIdsOf(message).length > 0 && !isInitialize(message);
      if (!runsBeside) turn = sending.catch(() => undefined);
      await sending;
    },
    end: async () => {
      if (state.id === null) return;
      const request = { method: 'DELETE', headers: headersOf(state) } as const;
      await state.upstream.request(request).then(
        (answer) => answer.readBody(),
        () => undefined,
      );
    },
  };
}

async function sendInTurn(state: State, line: Buffer, message: Outgoing): Promise<void> {
  if (isInitialize(message)) await initialize(state, line, requestIdsOf(message));
  else await exchange(state, line, message);
  if (methodOf(message) === 'notifications/initialized') listen(state);
}

function isInitialize(message: Outgoing): boolean {
  return methodOf(message) === 'initialize';
}

function headersOf({ id, version }: State): Header[] {
  return [
    ...(id === null ? [] : [['Mcp-Session-Id', id] as const]),
    ...(version === null || version < FIRST_WITH_HEADER ? [] : [['MCP-Protocol-Version', version] as const]),
  ];
}

function postOf(state: State, line: Buffer, asked: readonly string[]): PeerPost {
  const { upstream, lines, signal } = state;
  return { upstream, lines, body: line, asked, headers: headersOf(state), signal };
}

async function initialize(state: State, line: Buffer, asked: readonly string[]): Promise<void> {
  Object.assign(state, { opening: line, id: null, version: null });
  const post = postOf(state, line, asked);
  const answer = await sendPost(post);
  if (isOldServer(answer)) {
    state.old = await openOldSession(state);
    return state.old.post(post);
  }
  await receiveOpening(state, post, answer);
}

/** Servers of 2024-11-05 know no POST at the URL of their stream. */
function isOldServer({ status, kind }: UpstreamAnswer): boolean {
  return (status === 400 || status === 404 || status === 405) && kind !== 'json';
}

async function receiveOpening(state: State, post: PeerPost, answer: UpstreamAnswer): Promise<void> {
  state.id = answer.header('mcp-session-id') ?? null;
  const lines: PeerLines = {
    ...post.lines,
    deliver: (message) => {
      state.version = versionIn(message) ?? state.version;
      return post.lines.deliver(message);
    },
  };
  await receiveAnswer({ ...post, lines }, answer);
}

function versionIn(message: Buffer): string | null {
  try {
    const { result } = JSON.parse(message.toString('utf8')) as { result?: { protocolVersion?: unknown } };
    return typeof result?.protocolVersion === 'string' ? result.protocolVersion : null;
  } catch {
    return null;
  }
}

function listen(state: State): void {
  if (state.isListening || state.old !== null) return;
  Object.assign(state, { isListening: true, hasListened: true });
  const { upstream, lines, signal } = state;
  const headers = (): Header[] => headersOf(state);
  const sessionId = (): string | null => state.id;
  void followStandingEvents({ upstream, lines, headers, sessionId, signal }).then(() => {
    state.isListening = false;
  });
}

async function exchange(state: State, line: Buffer, message: Outgoing): Promise<void> {
  const post = postOf(state, line, requestIdsOf(message));
  if (state.old !== null) return state.old.post(post);
  const used = state.id;
  const answer = await sendPost(post);
  if (answer.status !== 404 || used === null) return receiveAnswer(post, answer);
  await answer.readBody();
  if (state.id === used) await reopenOnce(state);
  // A call is the client's to repeat: it must know that it is another session.
  if (message?.kind === 'batch' || methodOf(message) === 'tools/call') {
    const detail = 'The MCP server had forgotten the session; a new one has begun, so call again';
    return loseRequests(post, { detail, mayHaveRun: false });
  }
  const again = { ...post, headers: headersOf(state) };
  await receiveAnswer(again, await sendPost(again));
}

function reopenOnce(state: State): Promise<void> {
  state.reopening ??= reopen(state).finally(() => {
    state.reopening = null;
  });
  return state.reopening;
}

/** The server forgot the session: the client's own initialize again, whose answer the client has seen before. */
async function reopen(state: State): Promise<void> {
  if (state.opening === null) return;
  const opening = JSON.parse(state.opening.toString('utf8')) as object;
  Object.assign(state, { id: null, version: null });
  const lines: PeerLines = { ...state.lines, deliver: async () => {}, lose: () => {} };
  const line = Buffer.from(JSON.stringify({ ...opening, id: REOPEN_ID }));
  const post = { ...postOf(state, line, [JSON.stringify(REOPEN_ID)]), lines };
  await receiveOpening(state, post, await sendPost(post));
  const confirmation = postOf(state, INITIALIZED, []);
  await receiveAnswer(confirmation, await sendPost(confirmation));
  // The stream of the session before has ended with it.
  if (state.hasListened) listen(state);
}
