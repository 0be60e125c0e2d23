// HTTP in front of an upstream server over HTTP: each exchange with a client is one exchange with the server.
import { UpstreamError } from '../../transport/http-exchange.ts';
import type { ClientRequest, HttpBackend } from '../http/client-request.ts';
import { replyProblem } from '../http/http-errors.ts';
import { INTERNAL_ERROR } from '../json-rpc.ts';
import { toolsChangedLine } from '../own-lines.ts';
import { forwardMessage } from './forward-message.ts';
import { forwardPost, replyUnknownSession } from './forward-post.ts';
import { isEndpoint } from './message-endpoints.ts';
import { createRelay, type OpenStream, type Relay, type RelayParts, urlOf } from './relay.ts';
import { passAnswer } from './relay-answer.ts';
import { openStandingStream } from './standing-stream.ts';
import { voidHeldCalls } from './upstream-sessions.ts';

export function createHttpToHttp(parts: RelayParts): HttpBackend {
  const relay = createRelay(parts);
  return {
    post: async (request) => {
      const { exchange, agent } = request;
      if (!isEndpoint(exchange.target)) return forwardPost(relay, request);
      const endpoint = relay.endpoints.find(exchange.target, agent.id);
      return endpoint === null ? replyUnknownSession(request) : forwardMessage(relay, request, endpoint);
    },
    other: (request) => forwardOther(relay, request),
    announceToolChanges: () => {
      for (const open of relay.open) announceOn(open);
    },
    close: async () => {
      relay.upstream.close();
    },
  };
}

function announceOn({ stream, conversation, isStanding }: OpenStream): void {
  if (isStanding && conversation.traits.announcesToolChanges) void stream.send(toolsChangedLine(null).line);
  for (const { idText } of conversation.pending.toolListeners()) {
    void stream.send(toolsChangedLine(idText).line);
  }
}

async function forwardOther(relay: Relay, request: ClientRequest): Promise<void> {
  const { exchange, agent, passedHeaders } = request;
  const id = exchange.header('mcp-session-id');
  const session = relay.sessions.find(id, agent.id);
  if (session === 'foreign') return replyUnknownSession(request);
  if (exchange.method === 'GET') return openStandingStream(relay, request, session);
  try {
    const answer = await relay.upstream.request({
      method: 'DELETE',
      url: urlOf(relay, exchange),
      headers: passedHeaders,
    });
    if (id !== undefined && answer.status < 300) {
      relay.sessions.forget(id);
      voidHeldCalls(session);
    }
    await passAnswer(answer, exchange, relay.converse(agent, session));
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    replyProblem(exchange, { status: 502, code: INTERNAL_ERROR, message: `${error.message}.` });
  }
}
