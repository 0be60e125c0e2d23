// The upstream's answer on its way back: status, header fields and every byte as the server sent them, but lists filtered.
import {
  type HttpExchange,
  type ServerEvent,
  type UpstreamAnswer,
  UpstreamError,
} from '../../transport/http-exchange.ts';
import { type ClientAnswer, splitMessages } from '../http/client-answer.ts';
import { JSON_TYPE } from '../http/http-errors.ts';
import { idKey } from '../read/id-key.ts';
import { passServerLine } from '../server-messages.ts';
import type { ClientLine, Conversation } from '../session.ts';
import { answerAllLost, type Loss } from './lost-requests.ts';
import type { OpenStream, Relay } from './relay.ts';
import { NO_SESSION, type UpstreamSession } from './upstream-sessions.ts';

export interface AnswerParts {
  readonly relay: Relay;
  readonly session: UpstreamSession;
  readonly conversation: Conversation;
  readonly exchange: HttpExchange;
  readonly answer: ClientAnswer;
  /** Answers of Regent's own to calls of the same batch. */
  readonly denials: Promise<readonly ClientLine[]>;
}

/** Rejects with `UpstreamError` where nothing was answered yet. */
export async function relayAnswer(upstream: UpstreamAnswer, parts: AnswerParts): Promise<void> {
  switch (upstream.kind) {
    case 'json':
      return relayJson(upstream, parts);
    case 'events':
      return relayPostEvents(upstream, parts);
    case 'other':
      return relayOther(upstream, parts);
  }
}

async function relayJson(upstream: UpstreamAnswer, parts: AnswerParts): Promise<void> {
  const { conversation, answer, denials } = parts;
  const { status, headers } = upstream;
  const body = await upstream.readBody();
  const passed = passServerLine(conversation, body);
  if (passed === null && status < 300) throw unreadable('answered with something that is no JSON');
  const line = passed ?? { line: body, heads: [] };
  // An error without the request's id, as HTTP statuses come with, answers all that the exchange asked.
  settleRest(parts, status);
  await answer.finish([line, ...(await denials)], { status, headers });
}

/** Requests of the exchange that its one and only answer did not name. */
function settleRest({ conversation }: AnswerParts, status: number): void {
  for (const { verdict } of conversation.pending.takeAll()) {
    if (verdict !== null) conversation.results.record(verdict.id, status < 400 ? 'server-died' : 'error');
  }
}

async function relayPostEvents(upstream: UpstreamAnswer, parts: AnswerParts): Promise<void> {
  const { relay, conversation, answer, denials, session } = parts;
  const stream = answer.openEvents(upstream.status, upstream.headers);
  const open: OpenStream = { stream, conversation, isStanding: false };
  const end = await relayEvents(upstream, { relay, open });
  for (const message of (await denials).flatMap(splitMessages)) await stream.send(message);
  if (end.isResumable) {
    const rest = conversation.pending.takeAll();
    if (session.name !== NO_SESSION) {
      for (const request of rest) session.postponed.add(idKey(request.idText), request);
    }
  }
  for (const { line } of await answerAllLost(conversation, end.loss)) await stream.send(line);
  stream.end();
}

export interface EventsEnd {
  /** The client can ask for the rest of the stream: events had ids. */
  readonly isResumable: boolean;
  readonly loss: Loss;
}

export interface StreamToRelay {
  readonly relay: Relay;
  readonly open: OpenStream;
  /** What the client gets instead of an `endpoint` event (servers of 2024-11-05). */
  readonly onEndpoint?: (event: ServerEvent) => Buffer;
}

/** Passes events until the stream ends, whether it ended well or broke. */
export async function relayEvents(
  upstream: UpstreamAnswer,
  { relay, open, onEndpoint }: StreamToRelay,
): Promise<EventsEnd> {
  relay.open.add(open);
  let isResumable = false;
  let loss: Loss = { message: 'The MCP server ended its answer before it was whole', mayHaveRun: true };
  try {
    for await (const event of upstream.readEvents()) {
      isResumable ||= event.id !== null && event.id !== '';
      const bytes =
        event.name === 'endpoint' && onEndpoint !== undefined
          ? onEndpoint(event)
          : passEvent(event, open.conversation);
      await open.stream.write(bytes);
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    loss = error;
  } finally {
    relay.open.delete(open);
  }
  return { isResumable, loss };
}

/** An event that nothing was cut from passes byte for byte; what is no message, such as a comment, as well. */
function passEvent(event: ServerEvent, conversation: Conversation): Buffer {
  if (event.data === null || event.data.length === 0) return event.raw;
  const passed = passServerLine(conversation, event.data);
  // What no JSON parser reads cannot be a list.
  if (passed === null || passed.line === event.data) return event.raw;
  return event.withData(passed.line);
}

async function relayOther(upstream: UpstreamAnswer, parts: AnswerParts): Promise<void> {
  const { conversation, exchange, answer, denials } = parts;
  const { status } = upstream;
  const isAwaited = conversation.pending.list().length > 0;
  if (answer.isStreaming() || (status < 300 && isAwaited)) {
    const type = upstream.header('content-type') ?? 'no content type';
    throw unreadable(`answered ${status} with ${type} instead of JSON or events`);
  }
  settleRest(parts, status);
  const own = await denials;
  if (own.length > 0) return answer.finish(own, { status: 200, headers: [JSON_TYPE] });
  await passRaw(upstream, exchange);
}

/** What should be no message passes as it is; should it be one all the same, its lists are filtered. */
export async function passAnswer(
  upstream: UpstreamAnswer,
  exchange: HttpExchange,
  conversation: Conversation,
): Promise<void> {
  if (upstream.kind !== 'json') return passRaw(upstream, exchange);
  const body = await upstream.readBody();
  const { status, headers } = upstream;
  exchange.reply({ status, headers, body: passServerLine(conversation, body)?.line ?? body });
}

/** As it is, byte for byte. */
async function passRaw(upstream: UpstreamAnswer, exchange: HttpExchange): Promise<void> {
  const bytes = exchange.openBytes({ status: upstream.status, headers: upstream.headers });
  try {
    for await (const part of upstream.readBytes()) await bytes.write(part);
    bytes.end();
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    bytes.abort();
  }
}

function unreadable(what: string): UpstreamError {
  return new UpstreamError('unreadable', `The MCP server ${what}`, { mayHaveRun: true });
}
