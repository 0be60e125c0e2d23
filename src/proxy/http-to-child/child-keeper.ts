// Keeps the one shared child: started when it is first needed, and again, not too often, when it has ended.
import type { ServerPeer } from '../../transport/transport.ts';
import type { Gate } from '../session.ts';
import { type SharedServer, shareServer } from './shared-server.ts';

export interface ChildKeeper {
  /** The running child. Rejects where it cannot be started. */
  current(): Promise<SharedServer>;
  close(): Promise<void>;
}

/** A child that ends at once is not started more often than that. */
const RESTART_MS = 500;

export function createChildKeeper(startServer: () => Promise<ServerPeer>, log: Gate['log']): ChildKeeper {
  let running: Promise<SharedServer> | null = null;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  const start = async (): Promise<SharedServer> => {
    const waitMs = startedAtMs + RESTART_MS - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (isClosed) throw new Error('the sidecar is ending');
    startedAtMs = performance.now();
    const shared = shareServer(await startServer(), log);
    void shared.exited.then(() => {
      running = null;
    });
    return shared;
  };
  return {
    current: () => {
      running ??= start().catch((error: unknown) => {
        running = null;
        throw error;
      });
      return running;
    },
    close: async () => {
      isClosed = true;
      const shared = await running?.catch(() => null);
      await shared?.stop();
    },
  };
}
