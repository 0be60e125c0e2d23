// A client's POST on its way to the upstream server: its calls are judged, what may pass goes on in one request, and the
// answer comes back as the server gives it.
import { type HttpExchange, type UpstreamAnswer, UpstreamError } from '../../transport/http-exchange.ts';
import { createCallsInFlight } from '../calls-in-flight.ts';
import { type ClientAnswer, createClientAnswer, takesEvents } from '../http/client-answer.ts';
import type { ClientPost, ClientRequest } from '../http/client-request.ts';
import { JSON_TYPE, replyProblem } from '../http/http-errors.ts';
import { INVALID_REQUEST } from '../json-rpc.ts';
import type { Conversation } from '../session.ts';
import { type JudgedPost, judgePost } from './judge-post.ts';
import { answerAllLost } from './lost-requests.ts';
import { type Relay, urlOf } from './relay.ts';
import { relayAnswer } from './relay-answer.ts';
import { newSession, type UpstreamSession } from './upstream-sessions.ts';

/** One POST, once it is known whose it is. */
interface Post extends ClientPost {
  readonly relay: Relay;
  readonly session: UpstreamSession;
  readonly conversation: Conversation;
  readonly answer: ClientAnswer;
}

export async function forwardPost(relay: Relay, request: ClientPost): Promise<void> {
  const { exchange, agent, passedHeaders, reading } = request;
  const session = sessionOf(relay, request);
  if (session === 'foreign') return replyUnknownSession(request);
  const conversation = relay.converse(agent, session);
  const inFlight = createCallsInFlight();
  // In the older protocols a client that goes away has not cancelled; what is held is void all the same.
  exchange.onGone(isModern(request) ? () => inFlight.voidAll('client-gone') : inFlight.voidHeld);
  session.inFlight.add(inFlight);
  try {
    const answer = createClientAnswer(exchange);
    const judged = await judgePost({
      body: exchange.body,
      reading,
      session,
      conversation,
      inFlight,
      onHeld: () => answer.expectWait([]),
      say: (message) => void (takesEvents(exchange) && answer.openEvents(200, []).send(message)),
    });
    const post = { exchange, agent, passedHeaders, reading, relay, session, conversation, answer };
    await answerPost(post, judged);
  } finally {
    session.inFlight.delete(inFlight);
  }
}

/**
 * `MCP-Session-Id` means nothing to 2026-07-28, nor with `initialize`; but it goes to the server, which may be older, or
 * look at it first: no message gets into another agent's session by what it claims to be.
 */
function sessionOf(relay: Relay, request: ClientPost): UpstreamSession | 'foreign' {
  const { agent, exchange } = request;
  const named = relay.sessions.find(exchange.header('mcp-session-id'), agent.id);
  return named !== 'foreign' && isInitialize(request) ? newSession(agent.id) : named;
}

function isModern({ reading }: ClientPost): boolean {
  return reading.messages.some((message) => message.isModern);
}

function isInitialize({ reading }: ClientPost): boolean {
  return reading.messages.some(({ method }) => method === 'initialize');
}

export function replyUnknownSession({ exchange }: ClientRequest): void {
  replyProblem(exchange, {
    status: 404,
    code: INVALID_REQUEST,
    message: 'Regent does not know this session; start a new one with initialize.',
  });
}

async function answerPost(post: Post, { body, denials }: JudgedPost): Promise<void> {
  const { relay, session, conversation, exchange, answer } = post;
  if (body === null) return answer.finish(await denials);
  try {
    const upstream = await sendPost(post, body);
    await relayAnswer(upstream, { relay, session, conversation, answer, exchange, denials });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const lost = await answerAllLost(conversation, error);
    await answer.finish([...(await denials), ...lost], { status: 502, headers: [JSON_TYPE] });
  }
}

async function sendPost(post: Post, body: Buffer): Promise<UpstreamAnswer> {
  const { relay, session, exchange, passedHeaders } = post;
  const signal = isModern(post) ? abortedWhenGone(exchange) : undefined;
  const answer = await relay.upstream.request(
    { method: 'POST', url: urlOf(relay, exchange), headers: passedHeaders, body },
    signal,
  );
  const opened = answer.header('mcp-session-id');
  if (isInitialize(post) && opened !== undefined) relay.sessions.open(opened, session);
  const used = exchange.header('mcp-session-id');
  if (answer.status === 404 && used !== undefined) relay.sessions.forget(used);
  return answer;
}

/** From 2026-07-28 on going away is how a client cancels. */
function abortedWhenGone(exchange: HttpExchange): AbortSignal {
  const controller = new AbortController();
  exchange.onGone(() => controller.abort());
  return controller.signal;
}
