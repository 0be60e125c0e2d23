// Sessions of clients of the older protocols (up to 2025-11-25): each has a child of its own.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Agent } from '../../policy/decision.ts';
import type { ServerPeer } from '../../transport/transport.ts';
import { type RunningProxy, startProxy } from '../proxy.ts';
import type { Gate } from '../session.ts';
import { type PacedServer, paceServer } from './paced-server.ts';
import { createRoutedClient, type RoutedClient } from './routed-client.ts';
import { createStreamRouter, type StreamRouter } from './stream-router.ts';

export interface ChildSession {
  readonly id: string;
  readonly agentId: string;
  readonly router: StreamRouter;
  readonly proxy: RunningProxy;
  readonly room: PacedServer['room'];
  usedAtMs: number;
}

export interface ChildSessions {
  /** Null where there are as many as may be. Rejects with what `startServer` does. */
  open(agent: Agent): Promise<ChildSession | null>;
  /** The agent's own session of this id; null where it has none. */
  find(id: string, agentId: string): ChildSession | null;
  end(session: ChildSession): Promise<void>;
  announceToolChanges(): void;
  close(): Promise<void>;
}

export interface ChildSessionsOptions {
  readonly gate: Gate;
  /** The server's name in policy and journal. */
  readonly server: string;
  readonly startServer: () => Promise<ServerPeer>;
  readonly sessionsMax: number;
  /** A session without streams and requests ends after so long. */
  readonly idleMs: number;
}

interface Running extends ChildSession {
  readonly client: RoutedClient;
}

export function createChildSessions(options: ChildSessionsOptions): ChildSessions {
  const { gate, server, startServer, sessionsMax, idleMs } = options;
  const byId = new Map<string, Running>();
  let starting = 0;
  const reap = (olderThanMs: number): void => {
    for (const session of byId.values()) {
      if (session.router.isIdle && Date.now() - session.usedAtMs >= olderThanMs) void end(session);
    }
  };
  const timer = setInterval(() => reap(idleMs), Math.min(idleMs, REAP_MS));
  timer.unref();

  const end = async (session: ChildSession): Promise<void> => {
    byId.get(session.id)?.client.end();
    byId.delete(session.id);
    await session.proxy.finished;
  };
  const start = async (agent: Agent): Promise<Running> => {
    const router = createStreamRouter(gate.log);
    const client = createRoutedClient(router.route);
    const child = paceServer(await startServer());
    const identity = { server, agent, session: randomUUID() };
    const proxy = startProxy({ ...gate, client, server: child, identity });
    // An id is a secret: who knows it speaks for the session.
    const id = randomBytes(32).toString('base64url');
    const { room } = child;
    const session: Running = { id, agentId: agent.id, router, proxy, room, client, usedAtMs: Date.now() };
    byId.set(id, session);
    void proxy.finished.then(() => {
      byId.delete(id);
      router.close();
    });
    return session;
  };
  return {
    open: async (agent) => {
      // Full: whoever has been idle for a while makes room.
      if (byId.size + starting >= sessionsMax) reap(Math.min(idleMs, FULL_IDLE_MS));
      if (byId.size + starting >= sessionsMax) return null;
      starting += 1;
      return start(agent).finally(() => {
        starting -= 1;
      });
    },
    find: (id, agentId) => {
      const session = byId.get(id);
      if (session === undefined || session.agentId !== agentId) return null;
      session.usedAtMs = Date.now();
      return session;
    },
    end,
    announceToolChanges: () => {
      for (const { proxy } of byId.values()) proxy.announceToolChanges();
    },
    close: async () => {
      clearInterval(timer);
      await Promise.all([...byId.values()].map(end));
    },
  };
}

const REAP_MS = 10_000;
const FULL_IDLE_MS = 60_000;
