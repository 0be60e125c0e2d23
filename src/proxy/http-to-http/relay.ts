// What all exchanges with one upstream server share.
import type { Agent } from '../../policy/decision.ts';
import type { EventStream, HttpExchange, Upstream } from '../../transport/http-exchange.ts';
import { createPendingRequests, type PendingRequests } from '../pending-requests.ts';
import type { Conversation, Gate } from '../session.ts';
import { createMessageEndpoints, type MessageEndpoints } from './message-endpoints.ts';
import type { UpstreamSession, UpstreamSessions } from './upstream-sessions.ts';

/** A stream of events to a client that is open now. */
export interface OpenStream {
  readonly stream: EventStream;
  /** Replaced where the stream turns out to be a session of its own. */
  conversation: Conversation;
  /** The stream that stands beside the requests (GET), where changes of the tool list are announced. */
  readonly isStanding: boolean;
}

export interface Relay {
  readonly upstream: Upstream;
  readonly upstreamUrl: URL;
  readonly sessions: UpstreamSessions;
  readonly endpoints: MessageEndpoints;
  readonly open: Set<OpenStream>;
  /** A conversation of its own for each exchange: answers belong to the exchange that asked, whatever their ids. */
  converse(agent: Agent, session: UpstreamSession, pending?: PendingRequests): Conversation;
}

/**
 * Where an exchange goes: the upstream's URL, with what the client asks besides. Where the operator has written a query,
 * it stands alone: of two parameters of one name, such as `read_only`, some servers take the last.
 */
export function urlOf({ upstreamUrl }: Relay, { target }: HttpExchange): URL {
  if (!target.startsWith('?') || upstreamUrl.search !== '') return upstreamUrl;
  const url = new URL(upstreamUrl);
  url.search = target;
  return url;
}

export interface RelayParts {
  readonly gate: Gate;
  /** The server's name in policy and journal. */
  readonly server: string;
  readonly upstream: Upstream;
  readonly upstreamUrl: URL;
  readonly sessions: UpstreamSessions;
}

export function createRelay({ gate, server, upstream, upstreamUrl, sessions }: RelayParts): Relay {
  return {
    upstream,
    upstreamUrl,
    sessions,
    endpoints: createMessageEndpoints(),
    open: new Set(),
    // One for each request: field by field, since to spread the gate would cost more than all the rest.
    converse: (agent, session, pending = createPendingRequests()) => ({
      policy: gate.policy,
      judge: gate.judge,
      results: gate.results,
      approvals: gate.approvals,
      requestStates: gate.requestStates,
      consoleUrl: gate.consoleUrl,
      now: gate.now,
      holdMs: gate.holdMs,
      log: gate.log,
      identity: { server, agent, session: session.name },
      pending,
      traits: session,
    }),
  };
}
