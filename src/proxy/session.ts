// What the two directions of one proxied connection share.

import type { Agent } from '../policy/decision.ts';
import type { LoadedPolicy } from '../policy/load-bundle.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { MessagePeer, ServerPeer } from '../transport/transport.ts';
import type { Judge } from './judge/judge.ts';
import { createPendingRequests, type PendingRequests } from './pending-requests.ts';
import type { ResultRecorder } from './result-recorder.ts';

/** Who calls what, for every decision of the session. */
export interface Identity {
  readonly server: string;
  readonly agent: Agent;
  readonly session: string;
}

export interface ProxyParts {
  readonly client: MessagePeer;
  readonly server: ServerPeer;
  readonly identity: Identity;
  readonly policy: () => LoadedPolicy;
  readonly judge: Judge;
  readonly results: ResultRecorder;
  /** The longest that a call is held, in milliseconds, whatever its own timeout. */
  readonly holdMs: number;
  readonly log: Logger;
}

export interface Session extends ProxyParts {
  readonly pending: PendingRequests;
  /** Work that the session must not end without. */
  track(work: Promise<void>): void;
  /** Resolves when no tracked work is left. */
  idle(): Promise<void>;
  /** The server said in `initialize` that it announces changes of its tool list. */
  announcesToolChanges: boolean;
}

export function createSession(parts: ProxyParts): Session {
  const tracked = new Set<Promise<void>>();
  return {
    ...parts,
    pending: createPendingRequests(),
    announcesToolChanges: false,
    track: (work) => {
      const settled = work.catch((error: unknown) =>
        parts.log.error({ err: error }, 'unexpected failure in the proxy'),
      );
      const entry = settled.then(() => void tracked.delete(entry));
      tracked.add(entry);
    },
    idle: async () => {
      while (tracked.size > 0) await Promise.all(tracked);
    },
  };
}

/** Sends a line to the client; the server is not read while the client does not keep up. */
export function sendToClient({ client, server }: Session, line: Buffer | string): void {
  const bytes = typeof line === 'string' ? Buffer.from(line) : line;
  if (!client.write(bytes)) server.pause();
}
