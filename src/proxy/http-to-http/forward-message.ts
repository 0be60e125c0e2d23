// A client's POST to the endpoint of a server of 2024-11-05: every answer, also Regent's own, comes on the session's
// stream; the POST itself is only accepted.
import { type HttpExchange, UpstreamError } from '../../transport/http-exchange.ts';
import { createCallsInFlight } from '../calls-in-flight.ts';
import { splitMessages } from '../http/client-answer.ts';
import type { ClientPost } from '../http/client-request.ts';
import { replyProblem } from '../http/http-errors.ts';
import { INTERNAL_ERROR } from '../json-rpc.ts';
import { answerLost } from '../server-messages.ts';
import type { ClientLine } from '../session.ts';
import { type JudgedPost, judgePost } from './judge-post.ts';
import type { MessageEndpoint } from './message-endpoints.ts';
import type { Relay } from './relay.ts';
import { passAnswer } from './relay-answer.ts';

export async function forwardMessage(
  relay: Relay,
  request: ClientPost,
  endpoint: MessageEndpoint,
): Promise<void> {
  const { exchange, reading } = request;
  const { session, conversation, stream } = endpoint;
  const inFlight = createCallsInFlight();
  session.inFlight.add(inFlight);
  try {
    const accept = acceptOnce(exchange);
    const judged = await judgePost({
      body: exchange.body,
      reading,
      session,
      conversation,
      inFlight,
      onHeld: accept,
      say: (message) => void stream.send(message),
    });
    if (judged.body === null) accept();
    else await send(relay, { ...request, ...judged, body: judged.body, endpoint });
    await sendLines(stream, await judged.denials);
  } finally {
    session.inFlight.delete(inFlight);
  }
}

/** A call that waits for humans is accepted at once: its client waits on the stream. */
function acceptOnce(exchange: HttpExchange): () => void {
  return () => {
    if (!exchange.isAnswered()) exchange.reply({ status: 202 });
  };
}

interface MessageToSend extends ClientPost, JudgedPost {
  readonly body: Buffer;
  readonly endpoint: MessageEndpoint;
}

async function send(relay: Relay, message: MessageToSend): Promise<void> {
  const { exchange, passedHeaders, body, endpoint, sent } = message;
  try {
    const answer = await relay.upstream.request({
      method: 'POST',
      url: endpoint.url,
      headers: passedHeaders,
      body,
    });
    if (!exchange.isAnswered()) return await passAnswer(answer, exchange, endpoint.conversation);
    await answer.readBody();
    if (answer.status >= 400) throw refusedLate(answer.status);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (!exchange.isAnswered())
      replyProblem(exchange, { status: 502, code: INTERNAL_ERROR, message: `${error.message}.` });
    for (const { idText } of sent) {
      if (idText === null) continue;
      const { mayHaveRun } = error;
      const line = await answerLost(endpoint.conversation, {
        idText,
        mayHaveRun,
        detail: `${error.message}.`,
      });
      if (line !== null) await sendLines(endpoint.stream, [line]);
    }
  }
}

/** After the client was told that its message is accepted. */
function refusedLate(status: number): UpstreamError {
  const message = `The MCP server refused the message with status ${status}`;
  return new UpstreamError('unreadable', message, { mayHaveRun: true });
}

async function sendLines(stream: MessageEndpoint['stream'], lines: readonly ClientLine[]): Promise<void> {
  for (const message of lines.flatMap(splitMessages)) await stream.send(message);
}
