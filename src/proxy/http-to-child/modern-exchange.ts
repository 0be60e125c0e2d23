// One POST of protocol 2026-07-28 in front of the shared child: a proxy of its own, from the request to its answer.
import type { ServerPeer } from '../../transport/transport.ts';
import { hasWholeEnvelope } from '../headers/message-facts.ts';
import { statusOf } from '../headers/status-of.ts';
import type { ToolHeaders } from '../headers/tool-headers.ts';
import type { ClientPost } from '../http/client-request.ts';
import { type RunningProxy, startProxy } from '../proxy.ts';
import type { Gate } from '../session.ts';
import { createPostAnswer, type PostAnswer } from './post-answer.ts';
import { createRoutedClient } from './routed-client.ts';

export interface ModernExchangeParts {
  readonly gate: Gate;
  /** The server's name in policy and journal. */
  readonly server: string;
  /** The shared child, for this exchange. */
  readonly peer: ServerPeer;
  /** What the server's lists say of header fields is learnt here. */
  readonly tools: ToolHeaders;
}

/** There are no sessions in this protocol: one name for all, so that nobody escapes a counter. */
const NO_SESSION = 'none';

/** Runs until the exchange is answered, or the client has gone. */
export async function runModernExchange(
  { exchange, agent, reading }: ClientPost,
  { gate, server, peer, tools }: ModernExchangeParts,
  onStarted: (proxy: RunningProxy) => void,
): Promise<void> {
  let answer: PostAnswer | null = null;
  const client = createRoutedClient((message, head) =>
    head.kind === 'response'
      ? (answer?.answer(message, head) ?? Promise.resolve())
      : (answer?.notify(message) ?? Promise.resolve()),
  );
  const identity = { server, agent, session: NO_SESSION };
  const proxy = startProxy({ ...gate, client, server: peer, identity, toolHeaders: tools });
  onStarted(proxy);
  const [request] = reading.messages;
  if (request?.kind === 'request') {
    const envelope = { isModern: true, hasWholeEnvelope: hasWholeEnvelope(exchange.body, request) };
    answer = createPostAnswer({
      exchange,
      reading,
      headers: [],
      statusOf: (message, { isError }) => (isError ? statusOf(errorCode(message), envelope) : 200),
      onFinished: client.end,
    });
    // Going away is how a client cancels.
    exchange.onGone(client.end);
    proxy.accept(exchange.body, reading);
  } else {
    proxy.accept(exchange.body, reading);
    exchange.reply({ status: 202 });
    client.end();
  }
  await proxy.finished;
}

function errorCode(message: Buffer): number {
  const { error } = JSON.parse(message.toString('utf8')) as { error?: { code?: unknown } };
  return Number(error?.code ?? 0);
}
