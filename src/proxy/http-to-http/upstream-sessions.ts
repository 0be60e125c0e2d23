// The sessions that the upstream server has opened (protocols up to 2025-11-25): whose they are, and what goes on in them.
//
// A session's id is the server's, and a secret. What policies and the journal know a session by is a name of Regent's own:
// a client that made up ids would have a fresh `per: session` counter with each.
import { randomUUID } from 'node:crypto';
import type { CallsInFlight } from '../calls-in-flight.ts';
import { createPendingRequests, type PendingRequests } from '../pending-requests.ts';
import type { ServerTraits } from '../session.ts';

export interface UpstreamSession extends ServerTraits {
  /** For the decision's input and the journal. */
  readonly name: string;
  readonly agentId: string;
  /** Of its exchanges: a cancellation comes in an exchange of its own. */
  readonly inFlight: Set<CallsInFlight>;
  /** Requests whose stream the server ended early: their answers come when the client resumes it. */
  readonly postponed: PendingRequests;
}

export interface UpstreamSessions {
  /**
   * The session of a request. `foreign`: it is another agent's, or, where agents prove who they are, one that Regent has
   * not seen begin. `id` is undefined where the request names none.
   */
  find(id: string | undefined, agentId: string): UpstreamSession | 'foreign';
  /** The server has opened a session for this agent. */
  open(id: string, session: UpstreamSession): void;
  forget(id: string): void;
}

export interface SessionRules {
  /** How many are remembered; beyond that the one that was not used for the longest time is forgotten. */
  readonly sessionsMax: number;
  /** Whether agents prove who they are: then a session that Regent does not know is nobody's. */
  readonly isStrict: () => boolean;
}

/** Where there is no session, or none that Regent knows: one name for all, so that nobody escapes a counter. */
export const NO_SESSION = 'none';

export function createUpstreamSessions({ sessionsMax, isStrict }: SessionRules): UpstreamSessions {
  const byId = new Map<string, UpstreamSession>();
  const stateless = new Map<string, UpstreamSession>();
  const statelessOf = (agentId: string): UpstreamSession => {
    const session = stateless.get(agentId) ?? newSession(agentId, NO_SESSION);
    stateless.set(agentId, session);
    evictOldest(stateless, sessionsMax);
    return session;
  };
  return {
    find: (id, agentId) => {
      const known = id === undefined ? undefined : byId.get(id);
      if (id === undefined || (known === undefined && !isStrict())) return statelessOf(agentId);
      if (known === undefined || known.agentId !== agentId) return 'foreign';
      byId.delete(id);
      byId.set(id, known);
      return known;
    },
    open: (id, session) => {
      byId.set(id, session);
      evictOldest(byId, sessionsMax);
    },
    forget: (id) => void byId.delete(id),
  };
}

export function newSession(agentId: string, name: string = randomUUID()): UpstreamSession {
  return {
    name,
    agentId,
    inFlight: new Set(),
    postponed: createPendingRequests(),
    announcesToolChanges: false,
  };
}

/** Its client has ended it, or gone away: what humans would let through now, nobody waits for. */
export function voidHeldCalls({ inFlight, name }: UpstreamSession): void {
  // Without a session the calls may be another client's as well.
  if (name === NO_SESSION) return;
  for (const calls of inFlight) calls.voidHeld();
}

/** Maps keep the order of insertion: the first is the one that was not used for the longest time. */
function evictOldest(sessions: Map<string, UpstreamSession>, sessionsMax: number): void {
  if (sessions.size <= sessionsMax) return;
  const [oldest] = sessions.keys();
  if (oldest !== undefined) sessions.delete(oldest);
}
