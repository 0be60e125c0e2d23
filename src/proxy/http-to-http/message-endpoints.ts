// Servers of 2024-11-05 (HTTP+SSE) name, on the stream, an URL of their own that messages are POSTed to. The client gets
// one of Regent's instead: what it posts is judged there, and cannot go anywhere else.
import { randomBytes } from 'node:crypto';
import type { EventStream } from '../../transport/http-exchange.ts';
import type { Conversation } from '../session.ts';
import { type UpstreamSession, voidHeldCalls } from './upstream-sessions.ts';

/** Where a client of an old stream posts its messages. */
export interface MessageEndpoint {
  readonly url: URL;
  /** On which every answer comes. */
  readonly stream: EventStream;
  readonly session: UpstreamSession;
  readonly conversation: Conversation;
}

export interface MessageEndpoints {
  /** The query by which the client reaches it from now on, with its question mark. */
  add(endpoint: MessageEndpoint): string;
  find(target: string, agentId: string): MessageEndpoint | null;
  /** Its stream has ended, and with it whoever waited there. */
  remove(endpoint: MessageEndpoint): void;
}

const QUERY = '?regent-endpoint=';

/** `target` as `HttpExchange` has it. */
export function isEndpoint(target: string): boolean {
  return target.startsWith(QUERY);
}

export function createMessageEndpoints(): MessageEndpoints {
  const byTarget = new Map<string, MessageEndpoint>();
  return {
    add: (endpoint) => {
      const target = `${QUERY}${randomBytes(24).toString('base64url')}`;
      byTarget.set(target, endpoint);
      return target;
    },
    find: (target, agentId) => {
      const endpoint = byTarget.get(target) ?? null;
      return endpoint?.session.agentId === agentId ? endpoint : null;
    },
    remove: (endpoint) => {
      for (const [target, known] of byTarget) if (known === endpoint) byTarget.delete(target);
      voidHeldCalls(endpoint.session);
    },
  };
}

/** What the server named, as an URL; null where it is none, or of another origin. */
export function readEndpoint(data: Buffer, upstream: URL): URL | null {
  try {
    const url = new URL(data.toString('utf8').trim(), upstream);
    return url.origin === upstream.origin ? url : null;
  } catch {
    return null;
  }
}
