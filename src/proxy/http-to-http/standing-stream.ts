// GET: the stream on which the server sends what answers no request (protocols up to 2025-11-25), or goes on with one
// that broke; and, from servers of 2024-11-05, the one stream of the whole session.
import { type ServerEvent, type UpstreamAnswer, UpstreamError } from '../../transport/http-exchange.ts';
import { splitMessages } from '../http/client-answer.ts';
import type { ClientRequest } from '../http/client-request.ts';
import { replyProblem } from '../http/http-errors.ts';
import { INTERNAL_ERROR } from '../json-rpc.ts';
import { answerAllLost } from './lost-requests.ts';
import { type MessageEndpoint, readEndpoint } from './message-endpoints.ts';
import { type OpenStream, type Relay, urlOf } from './relay.ts';
import { passAnswer, relayEvents } from './relay-answer.ts';
import { NO_SESSION, newSession, type UpstreamSession } from './upstream-sessions.ts';

/** Relays the answer to a GET, until either side ends it. */
export async function openStandingStream(
  relay: Relay,
  request: ClientRequest,
  session: UpstreamSession,
): Promise<void> {
  const { exchange, passedHeaders } = request;
  const controller = new AbortController();
  exchange.onGone(() => controller.abort());
  try {
    const answer = await relay.upstream.request(
      { method: 'GET', url: urlOf(relay, exchange), headers: passedHeaders },
      controller.signal,
    );
    if (answer.kind === 'events') await relayStream(relay, answer, { ...request, session });
    else await passAnswer(answer, exchange, relay.converse(request.agent, session));
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    replyProblem(exchange, { status: 502, code: INTERNAL_ERROR, message: `${error.message}.` });
  }
}

interface StreamRequest extends ClientRequest {
  readonly session: UpstreamSession;
}

async function relayStream(relay: Relay, answer: UpstreamAnswer, request: StreamRequest): Promise<void> {
  const { exchange, agent, session } = request;
  const stream = exchange.openEvents({ status: answer.status, headers: answer.headers });
  // What is replayed here answers requests of exchanges that are over.
  const pending = session.name === NO_SESSION ? undefined : session.postponed;
  const conversation = relay.converse(agent, session, pending);
  const open: OpenStream = { stream, conversation, isStanding: true };
  let endpoint: MessageEndpoint | null = null;
  const onEndpoint = (event: ServerEvent): Buffer => {
    endpoint = nameEndpoint(relay, event, { ...request, stream });
    open.conversation = endpoint.conversation;
    return event.withData(Buffer.from(relay.endpoints.add(endpoint)));
  };
  const { loss } = await relayEvents(answer, { relay, open, onEndpoint });
  if (endpoint !== null) {
    relay.endpoints.remove(endpoint);
    const lost = await answerAllLost(open.conversation, loss);
    for (const message of lost.flatMap(splitMessages)) await stream.send(message);
  }
  stream.end();
}

/** Throws `UpstreamError` where the server sends its clients elsewhere. */
function nameEndpoint(
  relay: Relay,
  event: ServerEvent,
  { agent, stream }: StreamRequest & Pick<OpenStream, 'stream'>,
): MessageEndpoint {
  const url = readEndpoint(event.data ?? Buffer.alloc(0), relay.upstreamUrl);
  if (url === null) {
    throw new UpstreamError('redirected', 'The MCP server names an endpoint of another origin', {
      mayHaveRun: false,
    });
  }
  const session = newSession(agent.id);
  return { url, stream, session, conversation: relay.converse(agent, session) };
}
