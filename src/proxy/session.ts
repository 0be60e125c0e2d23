// What the two directions of one proxied connection share.

import type { ApprovalRegistry } from '../approvals/approval-registry.ts';
import type { RequestStates } from '../approvals/request-state.ts';
import type { LoadedPolicy } from '../policy/bundle/load-bundle.ts';
import type { Agent } from '../policy/decision.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ClientPeer, PlacedHead, ServerPeer } from '../transport/transport.ts';
import type { ToolHeaders } from './headers/tool-headers.ts';
import type { Judge } from './judge/judge.ts';
import { createPendingRequests, type PendingRequests } from './pending-requests.ts';
import type { ResultRecorder } from './result-recorder.ts';

/** Who calls what, for every decision of the session. */
export interface Identity {
  readonly server: string;
  readonly agent: Agent;
  readonly session: string;
}

/** What every call needs on its way, over whatever transport it came. */
export interface Gate {
  readonly policy: () => LoadedPolicy;
  readonly judge: Judge;
  readonly results: ResultRecorder;
  readonly approvals: ApprovalRegistry;
  readonly requestStates: RequestStates;
  /** Where people answer; null where no console is known. */
  readonly consoleUrl: () => URL | null;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** The longest that a call is held, in milliseconds, whatever its own timeout. */
  readonly holdMs: number;
  readonly log: Logger;
}

/** What the server said of itself in `initialize`. */
export interface ServerTraits {
  /** It announces changes of its tool list. */
  announcesToolChanges: boolean;
}

/** The calls of one agent in one session, and the requests that wait for their answer. */
export interface Conversation extends Gate {
  readonly identity: Identity;
  readonly pending: PendingRequests;
  readonly traits: ServerTraits;
  /** Present where the client's messages become HTTP requests that the client did not make itself. */
  readonly toolHeaders?: ToolHeaders | undefined;
}

export interface ProxyParts extends Gate {
  readonly client: ClientPeer;
  readonly server: ServerPeer;
  readonly identity: Identity;
  readonly toolHeaders?: ToolHeaders;
}

export interface Session extends Conversation {
  readonly client: ClientPeer;
  readonly server: ServerPeer;
  /** Work that the session must not end without. */
  track(work: Promise<void>): void;
  /** Resolves when no tracked work is left. */
  idle(): Promise<void>;
}

export function createSession(parts: ProxyParts): Session {
  let underWay = 0;
  const idleListeners: Array<() => void> = [];
  const settle = (): void => {
    underWay -= 1;
    if (underWay > 0) return;
    for (const listener of idleListeners.splice(0)) listener();
  };
  return {
    ...parts,
    pending: createPendingRequests(),
    traits: { announcesToolChanges: false },
    track: (work) => {
      underWay += 1;
      work.then(settle, (error: unknown) => {
        parts.log.error({ err: error }, 'unexpected failure in the proxy');
        settle();
      });
    },
    idle: async () => {
      while (underWay > 0) await new Promise<void>((resolve) => idleListeners.push(resolve));
    },
  };
}

/** What goes to the client: the messages of a line, with their heads. */
export interface ClientLine {
  readonly line: Buffer;
  readonly heads: readonly PlacedHead[];
}

/** The server is not read while the client does not keep up. */
export function sendToClient({ client, server }: Session, { line, heads }: ClientLine): void {
  if (!client.write(line, heads)) server.pause();
}
