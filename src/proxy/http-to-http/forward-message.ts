// A client's POST to the endpoint of a server of 2024-11-05: every answer, also Regent's own, comes on the session's
// stream; the POST itself is only accepted.
import { UpstreamError } from '../../transport/http-exchange.ts';
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
    const judged = await judgePost({ body: exchange.body, reading, session, conversation, inFlight });
    if (judged.body === null) exchange.reply({ status: 202 });
    else await send(relay, { ...request, ...judged, body: judged.body, endpoint });
    await sendLines(stream, await judged.denials);
  } finally {
    session.inFlight.delete(inFlight);
  }
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
    await passAnswer(answer, exchange, endpoint.conversation);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
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

async function sendLines(stream: MessageEndpoint['stream'], lines: readonly ClientLine[]): Promise<void> {
  for (const message of lines.flatMap(splitMessages)) await stream.send(message);
}
