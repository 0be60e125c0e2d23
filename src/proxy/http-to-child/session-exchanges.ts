// The exchanges of one session of the older protocols: POSTs with messages, and the standing stream.
import type { HttpExchange } from '../../transport/http-exchange.ts';
import type { Header } from '../../transport/transport.ts';
import type { ClientPost } from '../http/client-request.ts';
import { replyProblem } from '../http/http-errors.ts';
import { INTERNAL_ERROR, INVALID_REQUEST } from '../json-rpc.ts';
import { idKey } from '../read/id-key.ts';
import type { ChildSession, ChildSessions } from './child-sessions.ts';
import { createPostAnswer } from './post-answer.ts';

/** `initialize`: a session of its own, whose id comes with the answer. */
export async function startSession(sessions: ChildSessions, request: ClientPost): Promise<void> {
  const { exchange, agent } = request;
  const session = await sessions.open(agent);
  if (session === null) {
    const message = 'Regent serves as many sessions as it may; try again later.';
    const headers = [['Retry-After', '10']] as const;
    return replyProblem(exchange, { status: 503, code: INTERNAL_ERROR, message, headers });
  }
  accept(session, request, [['Mcp-Session-Id', session.id]]);
}

/** Versions that have the header field `MCP-Protocol-Version`, and those before, whose clients may send it as well. */
const KNOWN_VERSIONS: ReadonlySet<string> = new Set([
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
]);

export async function postToSession(
  session: ChildSession,
  request: Omit<ClientPost, 'passedHeaders'>,
): Promise<void> {
  const version = request.exchange.header('mcp-protocol-version')?.trim();
  if (version !== undefined && !KNOWN_VERSIONS.has(version)) {
    const message = `Bad Request: unsupported protocol version ${JSON.stringify(version)}`;
    replyProblem(request.exchange, { status: 400, code: INVALID_REQUEST, message });
    return;
  }
  const hasRoom = session.room(request.exchange.onGone);
  if (hasRoom === null || (await hasRoom)) return accept(session, request, []);
  const message = 'The session has ended.';
  replyProblem(request.exchange, { status: 404, code: INVALID_REQUEST, message });
}

/** A client that goes away has not cancelled: its late answer is dropped. What is held, though, is void. */
function accept(
  { router, proxy }: ChildSession,
  { exchange, reading }: Omit<ClientPost, 'passedHeaders'>,
  headers: readonly Header[],
): void {
  const asks = reading.messages.some(({ kind }) => kind === 'request');
  if (asks) {
    const post = createPostAnswer({
      exchange,
      reading,
      headers,
      statusOf: () => 200,
      onFinished: () => {},
      prefersEvents: true,
    });
    router.addPost(post);
    exchange.onGone(() => router.removePost(post));
  }
  proxy.accept(exchange.body, reading);
  exchange.onGone(() => {
    for (const { idText } of reading.messages) if (idText !== null) proxy.abandon(idKey(idText));
  });
  if (!asks) exchange.reply({ status: 202 });
}

export function openStanding({ router }: ChildSession, exchange: HttpExchange): void {
  if (router.hasStanding) {
    const message = 'Conflict: this session has a stream already';
    replyProblem(exchange, { status: 409, code: INVALID_REQUEST, message });
    return;
  }
  const stream = exchange.openEvents({ status: 200 });
  router.openStanding(stream);
  exchange.onGone(() => router.closeStanding(stream));
}
